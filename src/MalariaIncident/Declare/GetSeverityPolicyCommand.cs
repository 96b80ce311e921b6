using System.Management.Automation;
using MalariaIncident.Commands;

namespace MalariaIncident.Declare;

/// <summary>What the runbook demands for each severity.</summary>
[Cmdlet(VerbsCommon.Get, "SeverityPolicy")]
[OutputType(typeof(SeverityPolicy))]
public sealed class GetSeverityPolicyCommand : IncidentCmdlet
{
    /// <summary>Only these; all when left away.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public Severity[] Severity { get; set; } = [];

    /// <inheritdoc/>
    protected override void Process()
        => WriteObject(
            Await(engine => engine.Runbooks.GetPoliciesAsync(StopToken)).Where(policy => Severity.Length == 0 || Severity.Contains(policy.Severity)), enumerateCollection: true);
}
