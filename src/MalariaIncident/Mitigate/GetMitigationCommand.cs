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

    /// <summary>Only those of these incidents, wildcards allowed; all when left away.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("IncidentId")]
    [IncidentId]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(IncidentCompleter))]
    public string[] Incident { get; set => field = value ?? []; } = [];

    /// <summary>Only those in these states.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public MitigationState[] State { get; set; } = [];

    /// <inheritdoc/>
    protected override void Process()
    {
        // An incident that comes down the pipeline binds its Id here, too.
        string[] ids = [.. MitigationId.Except(Incident, StringComparer.OrdinalIgnoreCase)];
        var filter = new MitigationFilter { Incidents = Incident, Ids = ids, States = State };
        var without = Incident.Where(id => !WildcardPattern.ContainsWildcardCharacters(id)).ToHashSet(StringComparer.OrdinalIgnoreCase);
        Stream(engine => engine.Mitigations.ListAsync(filter, StopToken), mitigation =>
        {
            without.Remove(mitigation.Incident ?? "");
            WriteObject(mitigation);
        });
        foreach (var id in without)
        {
            EnsureExists(id);
        }
    }

    /// <summary>Nothing in force on an incident that is there, and an id that was mistyped, shall not look the same.</summary>
    private void EnsureExists(string id)
    {
        try
        {
            Await(engine => engine.Incidents.GetAsync(id, StopToken));
        }
        catch (IncidentException failure) when (failure.Kind == FailureKind.IncidentNotFound)
        {
            WriteFailure(failure);
        }
    }
}
