using Cmdlet.Tests.Harness;
using MalariaIncident;

namespace Cmdlet.Tests.Mitigate;

/// <summary>Apart from the others, since the blocker is gone afterwards.</summary>
[Collection(TemporaryStore.Name)]
public sealed class StopLongQueryPipelineSpecs(BlockedDatabase database) : IClassFixture<BlockedDatabase>, IDisposable
{
    private readonly TemporaryStore _store = new();

    public void Dispose() => _store.Dispose();

    [SkippableFact]
    public void The_blocker_is_ended_down_the_pipeline_and_the_record_says_so()
    {
        using var shell = database.OpenShell();
        shell.Run("New-Incident 'Database stuck' -Environment production");

        var results = shell.Get<QueryStopResult>("Get-LongQuery -MinimumDuration 0s -IncludeIdleInTransaction | Stop-LongQuery -RootBlockersOnly -Confirm:$false");

        var result = Assert.Single(results);
        Assert.Equal(QueryOutcome.Terminated, result.Outcome);
        Assert.NotNull(result.Incident);
        var timeline = shell.Get<IncidentEvent>("Get-IncidentTimeline");
        Assert.Contains(timeline, entry => entry.Kind == EventKind.ActionIntended);
        Assert.Contains(timeline, entry => entry.Kind == EventKind.ActionSucceeded);
        Assert.Contains(timeline, entry => entry.Text.Contains($"backend {result.ProcessId}: terminated", StringComparison.Ordinal));
        Assert.Equal(MitigationState.Done, Assert.Single(shell.Get<Mitigation>("Get-Mitigation")).State);
        Assert.Equal("MitigationNotReversible", shell.FailureOf($"Undo-Mitigation {result.MitigationId} -Confirm:$false"));
    }
}
