using System.Text.RegularExpressions;

namespace MalariaIncident.Engine.Kubernetes.Rollouts;

/// <summary>Values of a pod template that a plan may show. Plain passwords in environments are common, and a plan is journalled.</summary>
internal static partial class SensitiveText
{
    private const string Hidden = "(hidden)";

    public static string Show(string name, string value) =>
        !Harmless().IsMatch(value) && (SecretName().IsMatch(name) || SecretValue().IsMatch(value)) ? Hidden : Shorten(value);

    public static string Shorten(string value) => value.Length <= 120 ? value : string.Concat(value.AsSpan(0, 117), "…");

    [GeneratedRegex(@"PASS|SECRET|TOKEN|CREDENTIAL|API_?KEY|PRIVATE|ACCESS_?KEY|DSN|CONNECTION|SIGNING|SALT|WEBHOOK|KEY\z", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex SecretName();

    [GeneratedRegex(@"://([^/\s@]+|[^/\s@]*:[^\s@]*)@|(password|passwd|pwd|token|secret)\W{1,3}\w|-----BEGIN", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex SecretValue();

    [GeneratedRegex(@"\A(true|false|on|off|yes|no|\d{0,6})\z", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Harmless();
}
