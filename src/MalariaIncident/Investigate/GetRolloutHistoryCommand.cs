using System.Management.Automation;
using MalariaIncident.Commands;

namespace MalariaIncident.Investigate;

/// <summary>Lists the revisions of a deployment, and which one a rollback would choose.</summary>
[Cmdlet(VerbsCommon.Get, "RolloutHistory")]
[OutputType(typeof(RolloutRevision))]
public sealed class GetRolloutHistoryCommand : WorkloadCmdlet
{
    /// <inheritdoc/>
    protected override void Process() => WriteStream(engine => engine.Clusters.GetRolloutHistoryAsync(Scope, StopToken));
}
