using System.Globalization;

namespace MalariaIncident.Sandbox;

/// <summary>Moments as the servers of this world write them.</summary>
internal static class Rfc3339
{
    /// <summary>To the second, in UTC.</summary>
    public static string ToSecond(DateTime moment) => moment.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
