namespace MalariaIncident.Engine.Incidents;

/// <summary>Who acts, on which machine. Never empty: in CI and containers USER is often unset.</summary>
internal sealed record Operator(string Actor, string Host)
{
    public static Operator Resolve(Func<string, string?> variable)
    {
        string?[] names =
        [
            variable("MALARIA_INCIDENT_ACTOR"), variable("USER"), variable("LOGNAME"), variable("USERNAME"), Environment.UserName, "unknown",
        ];
        return new Operator(names.Select(Clean).First(name => name.Length > 0), Clean(Environment.MachineName) is { Length: > 0 } host ? host : "unknown");
    }

    private static string Clean(string? name) => JournalText.OneLine(name ?? string.Empty, 200);
}
