using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using k8s.Models;
using MalariaIncident.Engine.Kubernetes.Rollouts;
using MalariaIncident.Engine.Text;

namespace MalariaIncident.Engine.Kubernetes.Sizes;

/// <summary>An amount of memory, processors or pods as Kubernetes writes it.</summary>
internal sealed partial record Quantity(string Text, decimal Value)
{
    private const decimal LeastMemory = 4 * 1024 * 1024;
    private const decimal LeastCpu = 0.001m;
    /// <summary>The server caps what is more (quantity.go: maxInt64Factors).</summary>
    private const decimal Most = long.MaxValue;

    /// <summary>One that the server keeps; null where it keeps none, or one that this version cannot read.</summary>
    public static Quantity? Of(JsonNode? node) => node.Text() is { } text ? TryParse(text) : null;

    /// <summary>One that an operator typed for a limit. ArgumentInvalid says what is wrong, and what was probably meant.</summary>
    public static Quantity Parse(string resource, string typed)
    {
        var text = typed.Trim();
        var quantity = TryParse(text) ?? throw Refuse(
            resource,
            typed,
            "is not a quantity as Kubernetes writes it",
            Bytes().Match(text) is { Success: true } bytes
                ? $"Write {bytes.Groups["number"].Value}{bytes.Groups["prefix"].Value.ToUpperInvariant()}i (or without the i for powers of 1000)."
                : resource == "memory" ? "Write it like 512Mi, 8Gi or 1.5Gi." : "Write it like 4, 1.5 or 500m (thousandths of a processor).");
        if (quantity.Value <= 0)
        {
            throw Refuse(resource, typed, "is not more than nothing", "Give what the container shall have.");
        }

        if (resource == "memory" && quantity.Value < LeastMemory)
        {
            throw Refuse(resource, typed, $"is {InWords("memory", quantity.Value)}, in which no container can start", $"Add the unit, for example {Digits(text)}Mi or {Digits(text)}Gi.");
        }

        return resource == "cpu" && quantity.Value < LeastCpu
            ? throw Refuse(resource, typed, "is less than a thousandth of a processor, the smallest share there is", "Write it like 500m.")
            : quantity;
    }

    /// <summary>An amount for people: <c>1.5Gi</c>, <c>250m</c>, <c>12</c>.</summary>
    public static string InWords(string resource, decimal value)
    {
        if (resource.EndsWith("cpu", StringComparison.Ordinal))
        {
            return value == decimal.Truncate(value) ? FormattableString.Invariant($"{value:0}") : FormattableString.Invariant($"{value * 1000:0}m");
        }

        if (!resource.EndsWith("memory", StringComparison.Ordinal) && !resource.EndsWith("storage", StringComparison.Ordinal))
        {
            return FormattableString.Invariant($"{value:0.###}");
        }

        var (divisor, unit) = value switch
        {
            >= 1024m * 1024 * 1024 => (1024m * 1024 * 1024, "Gi"),
            >= 1024m * 1024 => (1024m * 1024, "Mi"),
            >= 1024m => (1024m, "Ki"),
            _ => (1m, " bytes"),
        };
        return FormattableString.Invariant($"{value / divisor:0.##}{unit}");
    }

    private static Quantity? TryParse(string text)
    {
        if (text.Length > 30 || !Form().IsMatch(text))
        {
            return null;
        }

        try
        {
            var value = new ResourceQuantity(text).ToDecimal();
            return Math.Abs(value) < Most ? new Quantity(text, value) : null;
        }
        catch (Exception failure) when (failure is FormatException or OverflowException or ArgumentException)
        {
            return null;
        }
    }

    private static IncidentException Refuse(string resource, string typed, string why, string advice) => new(
        FailureKind.ArgumentInvalid, $"The {resource} limit '{PlainText.OneLine(typed, 40)}' {why}.", typed, advice: advice);

    private static string Digits(string text) => new([.. text.TakeWhile(character => char.IsAsciiDigit(character) || character == '.')]);

    // apimachinery/pkg/api/resource/quantity.go: <sign><number><suffix>, where an exponent takes a suffix's place.
    [GeneratedRegex(@"\A[+-]?(\d+(\.\d*)?|\.\d+)(Ki|Mi|Gi|Ti|Pi|Ei|n|u|m|k|M|G|T|P|E|[eE][+-]?\d{1,2})?\z", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Form();

    /// <summary>What people write who mean bytes: 8GB, 8 GiB, 512mb.</summary>
    [GeneratedRegex(@"\A(?<number>\d+(\.\d+)?)\s*(?<prefix>[kmgtp])i?b?\z", RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Bytes();
}
