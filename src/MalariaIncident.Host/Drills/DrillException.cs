namespace MalariaIncident.Host.Drills;

/// <summary>Why a drill cannot be played.</summary>
internal sealed class DrillException(string message) : Exception(message);
