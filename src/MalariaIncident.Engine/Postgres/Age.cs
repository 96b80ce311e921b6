namespace MalariaIncident.Engine.Postgres;

/// <summary>How long something has lasted, for people.</summary>
internal static class Age
{
    public static string Say(TimeSpan age) => age.Days > 0 ? $"{age:d\\.hh\\:mm\\:ss}" : $"{age:hh\\:mm\\:ss}";
}
