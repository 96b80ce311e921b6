using System.Management.Automation;
using MalariaIncident.Commands;

namespace MalariaIncident.Mitigate;

/// <summary>Agrees, as a second person, to exactly one plan.</summary>
[Cmdlet(VerbsLifecycle.Approve, "Mitigation", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(MitigationApproval))]
public sealed class ApproveMitigationCommand : IncidentCmdlet
{
    /// <summary>The plan: a file that -PlanPath has written, or the object.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ValidateNotNull]
    public PlanSource? Plan { get; set; }

    /// <summary>What the record shall say beside the yes.</summary>
    [Parameter(Position = 1)]
    public string? Comment { get; set; }

    /// <inheritdoc/>
    protected override object? Subject => Plan?.ToString();

    /// <inheritdoc/>
    protected override void Process()
    {
        var plan = Plan!.Read(this, StopToken);
        var question = $"Approve {plan.Id}, planned by {plan.PlannedBy} at {plan.PlannedAt?.UtcDateTime:u}:{System.Environment.NewLine}{plan.Describe()}";
        if (Confirmation.IsGiven(this, question, question))
        {
            WriteObject(Await(engine => engine.Mitigations.ApproveAsync(plan, Comment, StopToken)));
        }
    }
}
