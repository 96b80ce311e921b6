using System.Management.Automation;
using MalariaIncident.Commands;
using MalariaIncident.Completion;

namespace MalariaIncident.Mitigate;

/// <summary>Lists what was changed, and what of it is still in force.</summary>
[Cmdlet(VerbsCommon.Get, "Mitigation")]
[OutputType(typeof(Mitigation))]
public sealed class GetMitigationCommand : IncidentCmdlet
{
    /// <summary>Ids; wildcards allowed.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("Id")]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(MitigationCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] MitigationId { get; set; } = [];

    /// <summary>Only those of this incident; all when left away.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("IncidentId")]
    [IncidentId]
    [ArgumentCompleter(typeof(IncidentCompleter))]
    public string? Incident { get; set; }

    /// <summary>Only those in these states.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public MitigationState[] State { get; set; } = [];

    /// <inheritdoc/>
    protected override void Process()
    {
        // An incident that comes down the pipeline binds its Id here, too.
        string[] ids = [.. MitigationId.Where(id => !string.Equals(id, Incident, StringComparison.OrdinalIgnoreCase))];
        WriteStream(engine => engine.Mitigations.ListAsync(new() { Incident = Incident, Ids = ids, States = State }, StopToken));
    }
}
