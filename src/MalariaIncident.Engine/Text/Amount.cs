using System.Globalization;

namespace MalariaIncident.Engine.Text;

/// <summary>How many of what, in words that agree: 1 pod is, 2 pods are.</summary>
internal static class Amount
{
    /// <summary><c>1 pod</c>, <c>3 pods</c>; the form for many where it is not made with an s.</summary>
    public static string Of(long count, string one, string? many = null) => string.Create(CultureInfo.InvariantCulture, $"{count} {(count == 1 ? one : many ?? one + "s")}");

    /// <summary><c>is</c> of one, <c>are</c> of others: whatever word of a sentence a number decides.</summary>
    public static string Word(long count, string one, string many) => count == 1 ? one : many;

    /// <summary><c>1 pod is</c>, <c>3 pods are</c>.</summary>
    public static string Are(long count, string one) => $"{Of(count, one)} {Word(count, "is", "are")}";
}
