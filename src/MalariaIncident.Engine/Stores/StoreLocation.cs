namespace MalariaIncident.Engine.Stores;

/// <summary>Which file the journal is: <c>MALARIA_INCIDENT_STORE</c>, or <c>malaria-incident/journal.db</c> in the user's data folder.</summary>
internal static class StoreLocation
{
    public const string Variable = "MALARIA_INCIDENT_STORE";

    public static string Resolve(Func<string, string?> variable)
    {
        var named = variable(Variable);
        if (!string.IsNullOrWhiteSpace(named))
        {
            return Path.GetFullPath(named);
        }

        var data = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        if (data.Length == 0)
        {
            throw new IncidentException(
                FailureKind.StoreUnreadable, "The user has no data folder (HOME is not set), so the journal has no place.", advice: $"Set {Variable} to a file path.");
        }

        return Path.Combine(data, "malaria-incident", "journal.db");
    }
}
