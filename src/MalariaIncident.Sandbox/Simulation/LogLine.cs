using System.Globalization;

namespace MalariaIncident.Sandbox.Simulation;

/// <summary>One line of a container's log.</summary>
internal readonly record struct LogLine(DateTimeOffset Time, string Text)
{
    /// <summary>With the time before it, as <c>--timestamps</c> asks.</summary>
    public string Stamped => string.Create(CultureInfo.InvariantCulture, $"{Time.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss.fffffff}00Z {Text}");
}
