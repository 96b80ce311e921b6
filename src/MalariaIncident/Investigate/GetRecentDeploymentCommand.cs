using System.Management.Automation;
using MalariaIncident.Commands;

namespace MalariaIncident.Investigate;

/// <summary>What was deployed lately, what of it is live, and what changed shortly before the incident.</summary>
[Cmdlet(VerbsCommon.Get, "RecentDeployment")]
[OutputType(typeof(RecentDeployment))]
public sealed class GetRecentDeploymentCommand : WorkloadCmdlet
{
    /// <summary>How long before the incident a change is a suspect.</summary>
    [Parameter]
    [Duration]
    public TimeSpan SuspectWindow { get; set; } = new DeploymentOptions().SuspectWindow;

    /// <summary>At most this many.</summary>
    [Parameter]
    [ValidateRange(1, 1000)]
    public int Maximum { get; set; } = new DeploymentOptions().Maximum;

    /// <summary>owner/name.</summary>
    [Parameter]
    public string? Repository { get; set; }

    /// <summary>File of .github/workflows.</summary>
    [Parameter]
    public string? Workflow { get; set; }

    /// <inheritdoc/>
    protected override void Process()
    {
        var options = new DeploymentOptions { SuspectWindow = SuspectWindow, Maximum = Maximum, Repository = Repository, Workflow = Workflow };
        var found = Await(engine => engine.Deployments.GetRecentAsync(Scope, options, StopToken));
        foreach (var note in found.Notes)
        {
            WriteWarning(note);
        }

        WriteObject(found.Deployments, enumerateCollection: true);
    }
}
