using System.Text.RegularExpressions;
using MalariaIncident.Engine.Text;

namespace MalariaIncident.Engine.Kubernetes.Rollouts;

/// <summary>From a feature's name to the variable that switches it: <c>ml-predictions</c> → <c>FEATURE_ML_PREDICTIONS</c>.</summary>
internal static partial class FeatureName
{
    private const string Prefix = "FEATURE_";

    /// <summary>NameInvalid.</summary>
    public static string Variable(string name)
    {
        var bare = name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) ? name[Prefix.Length..] : name;
        return Allowed().IsMatch(bare)
            ? Prefix + bare.Replace('-', '_').ToUpperInvariant()
            : throw new IncidentException(
                FailureKind.NameInvalid,
                $"'{PlainText.OneLine(name, 80)}' cannot name a feature: it becomes part of an environment variable.",
                name,
                advice: "Use letters, digits, '-' and '_', beginning with a letter, at most 55 characters; for example ML_PREDICTIONS for FEATURE_ML_PREDICTIONS.");
    }

    public static bool IsVariable(string variable) => variable.StartsWith(Prefix, StringComparison.Ordinal);

    [GeneratedRegex(@"\A[A-Za-z][A-Za-z0-9_-]{0,54}\z", RegexOptions.None, 1000)]
    private static partial Regex Allowed();
}
