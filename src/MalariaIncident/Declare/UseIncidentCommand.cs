using System.Management.Automation;
using MalariaIncident.Commands;
using MalariaIncident.Completion;

namespace MalariaIncident.Declare;

/// <summary>Says which incident this session works on; without one, works on none.</summary>
[Cmdlet(VerbsOther.Use, "Incident")]
[OutputType(typeof(Incident))]
public sealed class UseIncidentCommand : IncidentCmdlet
{
    private const string Chosen = "Chosen";
    private const string NoIncident = "None";

    /// <summary>Incident id or object.</summary>
    [Parameter(ParameterSetName = Chosen, Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("IncidentId", "Id")]
    [IncidentId]
    [ArgumentCompleter(typeof(IncidentCompleter))]
    public string? Incident { get; set; }

    /// <summary>Work on no incident.</summary>
    [Parameter(ParameterSetName = NoIncident, Mandatory = true)]
    public SwitchParameter None { get; set; }

    /// <inheritdoc/>
    protected override object? Subject => Incident;

    /// <inheritdoc/>
    protected override void Process()
    {
        if (ParameterSetName == NoIncident)
        {
            SessionIncident.Use(null);
            return;
        }

        var incident = Await(engine => engine.Incidents.GetAsync(Incident!, StopToken));
        SessionIncident.Use(incident.Id);
        WriteObject(incident);
    }
}
