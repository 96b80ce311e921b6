using System.Management.Automation;
using MalariaIncident.Commands;
using MalariaIncident.Completion;

namespace MalariaIncident.Declare;

/// <summary>Incidents as their journal tells them now, newest first.</summary>
[Cmdlet(VerbsCommon.Get, "Incident")]
[OutputType(typeof(Incident))]
public sealed class GetIncidentCommand : IncidentCmdlet
{
    /// <summary>Ids; wildcards allowed.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("IncidentId", "Id")]
    [IncidentId]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(IncidentCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Incident { get; set; } = [];

    /// <summary>Only those not closed.</summary>
    [Parameter]
    public SwitchParameter Open { get; set; }

    /// <summary>Only these severities.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public Severity[] Severity { get; set; } = [];

    /// <inheritdoc/>
    protected override void Process()
    {
        var patterns = Incident.Where(WildcardPattern.ContainsWildcardCharacters).ToArray();
        foreach (var id in Incident.Except(patterns, StringComparer.Ordinal))
        {
            WriteNamed(id);
        }

        if (patterns.Length > 0 || Incident.Length == 0)
        {
            WriteStream(engine => engine.Incidents.ListAsync(new IncidentFilter { Ids = patterns, OpenOnly = Open, Severities = Severity }, StopToken));
        }
    }

    /// <summary>An id that is not there is an error; a pattern that fits nothing is an answer.</summary>
    private void WriteNamed(string id)
    {
        try
        {
            WriteObject(Await(engine => engine.Incidents.GetAsync(id, StopToken)));
        }
        catch (IncidentException failure) when (failure.Kind == FailureKind.IncidentNotFound)
        {
            WriteFailure(failure);
        }
    }
}
