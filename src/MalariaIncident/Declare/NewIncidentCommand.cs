using System.Management.Automation;
using MalariaIncident.Commands;
using MalariaIncident.Completion;

namespace MalariaIncident.Declare;

/// <summary>Declares an incident and makes it the session's.</summary>
[Cmdlet(VerbsCommon.New, "Incident", SupportsShouldProcess = true)]
[OutputType(typeof(Incident))]
public sealed class NewIncidentCommand : SeverityFactsCmdlet
{
    /// <summary>What is wrong, on one line.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [AllowEmptyString]
    [AllowNull]
    public string? Title { get; set; }

    /// <summary>Set by hand; the facts decide when left away.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public Severity? Severity { get; set; }

    /// <summary>Name in the environment file.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(EnvironmentCompleter))]
    public string? Environment { get; set; }

    /// <summary>When users began to be affected.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public DateTimeOffset? StartedAt { get; set; }

    /// <summary>Services affected.</summary>
    [Parameter]
    [Alias("ServicesAffected")]
    [ValidateNotNullOrEmpty]
    public string[] Service { get; set; } = [];

    /// <inheritdoc/>
    protected override object? Subject => Title;

    /// <inheritdoc/>
    protected override void Process()
    {
        var declaration = new IncidentDeclaration
        {
            Title = Title ?? "", Severity = Severity, Facts = Facts, Environment = Environment, StartedAt = StartedAt, ServicesAffected = Service,
        };
        var preview = Await(engine => engine.Incidents.PreviewAsync(declaration, StopToken));
        var reasons = preview.Criteria.Count == 0 ? "set by hand" : string.Join("; ", preview.Criteria);
        if (!Confirmation.IsGiven(this, $"Declare the incident '{preview.Title}' as {preview.Severity} ({reasons})", $"Declare the {preview.Severity} incident '{preview.Title}'?"))
        {
            return;
        }

        var incident = Await(engine => engine.Incidents.DeclareAsync(declaration, StopToken));
        SessionIncident.Use(incident.Id);
        WriteObject(incident);
    }
}
