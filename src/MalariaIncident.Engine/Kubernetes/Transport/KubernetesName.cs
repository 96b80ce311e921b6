using System.Buffers;
using MalariaIncident.Engine.Text;

namespace MalariaIncident.Engine.Kubernetes;

/// <summary>
/// Names before they get near a URL. KubernetesClient does not escape them: <c>a/../../secrets</c> and
/// <c>x?dryRun=All</c> would travel as they are.
/// </summary>
internal static class KubernetesName
{
    private static readonly SearchValues<char> Allowed = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-.");

    /// <summary>Returns the name if it is an RFC 1123 subdomain (at most 253 characters); NameInvalid otherwise.</summary>
    public static string Validate(string value, string what) => Validate(value, what, 253, dots: true);

    /// <summary>The same for namespaces and containers, which are single labels of at most 63 characters.</summary>
    public static string ValidateLabel(string value, string what) => Validate(value, what, 63, dots: false);

    private static string Validate(string value, string what, int longest, bool dots)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (value.Length == 0)
        {
            throw Invalid(value, what, "it is empty");
        }

        if (value.Length > longest)
        {
            throw Invalid(value[..40] + "…", what, $"it has {value.Length} characters, at most {longest} are allowed");
        }

        if (value.AsSpan().ContainsAnyExcept(Allowed) || (!dots && value.Contains('.', StringComparison.Ordinal)))
        {
            throw Invalid(value, what, dots
                ? "only lower-case letters, digits, '-' and '.' are allowed"
                : "only lower-case letters, digits and '-' are allowed");
        }

        foreach (string label in value.Split('.'))
        {
            if (label.Length == 0 || label[0] == '-' || label[^1] == '-')
            {
                throw Invalid(value, what, "every part must begin and end with a letter or digit");
            }
        }

        return value;
    }

    private static IncidentException Invalid(string value, string what, string why) =>
        new(FailureKind.NameInvalid, $"'{PlainText.OneLine(value, 80)}' is not a name that a {what} can have: {why}.", value);
}
