using System.Globalization;
using System.Management.Automation;

namespace MalariaIncident.Commands;

/// <summary>
/// Lets a duration be written as people say it: 90s, 5m, 2h, 00:05:00. A bare number is refused: PowerShell would take 5 for five ticks of 100 ns, and
/// '5' for five days.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class DurationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData)
    {
        var value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        return value switch
        {
            null or TimeSpan => value,
            string text => Parse(text.Trim()) ?? throw Unclear(text),
            // What PowerShell makes of 90s and 2d without quotes: suffixes of its number types.
            short seconds => TimeSpan.FromSeconds(seconds),
            decimal days => TimeSpan.FromDays((double)days),
            0 => TimeSpan.Zero,
            _ => throw Unclear(value),
        };
    }

    private static TimeSpan? Parse(string text)
    {
        if (text.Contains(':', StringComparison.Ordinal))
        {
            return TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var clock) ? clock : null;
        }

        var unit = text.Length - text.TrimEnd('s', 'm', 'h', 'd', 'S', 'M', 'H', 'D').Length;
        if (unit == 0 || !double.TryParse(text[..^unit], NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
        {
            return null;
        }

        return text[^unit..].ToLowerInvariant() switch
        {
            "ms" => TimeSpan.FromMilliseconds(number),
            "s" => TimeSpan.FromSeconds(number),
            "m" => TimeSpan.FromMinutes(number),
            "h" => TimeSpan.FromHours(number),
            "d" => TimeSpan.FromDays(number),
            _ => null,
        };
    }

    private static ArgumentTransformationMetadataException Unclear(object value) =>
        new($"'{value}' is not clear as a duration. Write it with a unit: 90s, 5m, 2h, or as 00:05:00.");
}
