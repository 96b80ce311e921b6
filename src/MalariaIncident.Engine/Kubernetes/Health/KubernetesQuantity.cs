using System.Globalization;

namespace MalariaIncident.Engine.Kubernetes.Health;

/// <summary>Quantities as metrics servers write them: <c>250m</c>, <c>123456789n</c>, <c>1843Ki</c>, <c>1.5</c>.</summary>
internal static class KubernetesQuantity
{
    public static double? Parse(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        int end = text.Length;
        while (end > 0 && char.IsAsciiLetter(text[end - 1]))
        {
            end--;
        }

        double? factor = text[end..] switch
        {
            "" => 1,
            "n" => 1e-9,
            "u" => 1e-6,
            "m" => 1e-3,
            "k" => 1e3,
            "M" => 1e6,
            "G" => 1e9,
            "T" => 1e12,
            "P" => 1e15,
            "E" => 1e18,
            "Ki" => 1024d,
            "Mi" => 1024d * 1024,
            "Gi" => 1024d * 1024 * 1024,
            "Ti" => 1024d * 1024 * 1024 * 1024,
            "Pi" => 1024d * 1024 * 1024 * 1024 * 1024,
            _ => null,
        };
        return factor is { } unit && double.TryParse(text.AsSpan(0, end), NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? number * unit : null;
    }
}
