using System.Management.Automation;
using MalariaIncident.Commands;

namespace MalariaIncident.Declare;

/// <summary>Changes what is said about an incident; opens a closed one again.</summary>
[Cmdlet(VerbsCommon.Set, "Incident", SupportsShouldProcess = true)]
[OutputType(typeof(Incident))]
public sealed class SetIncidentCommand : RecordCmdlet
{
    private static readonly string[] Changeable =
        [nameof(Title), nameof(Severity), nameof(Status), nameof(RootCause), nameof(UsersAffected), nameof(Service), nameof(StartedAt)];

    // None of these binds by property name: an incident that comes down the pipeline carries all of them already.

    /// <summary>New title.</summary>
    [Parameter]
    [AllowEmptyString]
    public string? Title { get; set; }

    /// <summary>New severity; the clocks follow its policy.</summary>
    [Parameter]
    public Severity? Severity { get; set; }

    /// <summary>New status.</summary>
    [Parameter]
    public IncidentStatus? Status { get; set; }

    /// <summary>Root cause.</summary>
    [Parameter]
    public string? RootCause { get; set; }

    /// <summary>Percent.</summary>
    [Parameter]
    public double? UsersAffected { get; set; }

    /// <summary>Services affected.</summary>
    [Parameter]
    [Alias("ServicesAffected")]
    [AllowEmptyCollection]
    public string[]? Service { get; set; }

    /// <summary>When users began to be affected.</summary>
    [Parameter]
    public DateTimeOffset? StartedAt { get; set; }

    /// <summary>Write the incident as it is afterwards.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void Process()
    {
        var change = new IncidentChange
        {
            Title = Title, Severity = Severity, Status = Status, RootCause = RootCause, UsersAffected = UsersAffected, ServicesAffected = Service, StartedAt = StartedAt,
        };
        var named = string.Join(", ", MyInvocation.BoundParameters.Where(bound => Changeable.Contains(bound.Key)).Select(bound => $"{bound.Key} {(bound.Value is string[] many ? string.Join(", ", many) : bound.Value)}"));
        if (!Confirmation.IsGiven(this, $"Change {IncidentId}: {named}", $"Change {IncidentId}: {named}?"))
        {
            return;
        }

        var incident = Await(engine => engine.Incidents.ChangeAsync(IncidentId, change, StopToken));
        if (PassThru)
        {
            WriteObject(incident);
        }
    }
}
