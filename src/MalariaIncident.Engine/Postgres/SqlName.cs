namespace MalariaIncident.Engine.Postgres;

/// <summary>A name as SQL takes it, for statements that people are told to run.</summary>
internal static class SqlName
{
    public static string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
