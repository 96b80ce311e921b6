using System.Globalization;

namespace MalariaIncident.Engine.Text;

/// <summary>Moments as Kubernetes writes and reads them.</summary>
internal static class Rfc3339
{
    /// <summary>To the second: what is finer is cut off, not rounded.</summary>
    public static string ToSecond(DateTimeOffset moment) => moment.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
