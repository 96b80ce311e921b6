using System.IO.Enumeration;

namespace MalariaIncident.Engine.Mitigations;

/// <summary>PowerShell's * and ? over names, case ignored.</summary>
internal static class Wildcard
{
    public static bool IsPattern(string text) => text.AsSpan().ContainsAny('*', '?');

    public static bool Matches(string pattern, string name) => FileSystemName.MatchesSimpleExpression(pattern, name);
}
