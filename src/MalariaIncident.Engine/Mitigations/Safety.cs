using MalariaIncident.Engine.Incidents;

namespace MalariaIncident.Engine.Mitigations;

/// <summary>Turns <see cref="ReadOnlyMode"/> on and off, and writes that down while it may.</summary>
internal sealed class Safety(Func<IJournal> journal) : ISafety
{
    public IncidentSafety Get() => new()
    {
        Mode = ReadOnlyMode.IsOn ? SafetyMode.ReadOnly : SafetyMode.ReadWrite,
        SetBy = ReadOnlyMode.WasSetHere ? "Set-IncidentSafety" : ReadOnlyMode.IsOn ? $"{ReadOnlyMode.Variable} of the environment" : "default",
        ProcessId = Environment.ProcessId,
        Host = Environment.MachineName,
    };

    public async Task<IncidentSafety> SetAsync(SafetyMode mode, string? incident, bool force, CancellationToken cancellationToken)
    {
        var before = Get();
        if (before.Mode == mode)
        {
            return before;
        }

        if (mode == SafetyMode.ReadOnly)
        {
            // Written first: afterwards nothing may be written.
            await WriteAsync(incident, "is read-only from now on", cancellationToken);
            ReadOnlyMode.Set(true);
            return Get();
        }

        if (!ReadOnlyMode.WasSetHere && !force)
        {
            throw new IncidentException(
                FailureKind.ReadOnlyMode,
                $"This process was made read-only from outside ({ReadOnlyMode.Variable}), so it stays so.",
                advice: "Start another one without that variable, or say -Force if you know why it is set.");
        }

        ReadOnlyMode.Set(false);
        await WriteAsync(incident, "may make changes again", cancellationToken);
        return Get();
    }

    private async Task WriteAsync(string? incident, string what, CancellationToken cancellationToken)
    {
        if (incident is not null)
        {
            await journal().AppendEvidenceAsync(incident, $"Process {Environment.ProcessId} on {Environment.MachineName} {what}.", null, cancellationToken);
        }
    }
}
