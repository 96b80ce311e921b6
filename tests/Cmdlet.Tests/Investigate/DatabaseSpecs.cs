using Cmdlet.Tests.Harness;
using MalariaIncident;

namespace Cmdlet.Tests.Investigate;

/// <summary>Looking at a database that hangs, and freeing it down the pipeline.</summary>
[Collection(TemporaryStore.Name)]
public sealed class DatabaseSpecs(BlockedDatabase database) : IClassFixture<BlockedDatabase>, IDisposable
{
    private readonly TemporaryStore _store = new();

    public void Dispose() => _store.Dispose();

    [SkippableFact]
    public void The_whole_database_phase_is_a_pipeline()
    {
        using var shell = database.OpenShell();
        shell.Run("New-Incident 'Database stuck' -Environment production");

        var locks = shell.Get<DatabaseLock>("Get-DatabaseLock");
        var connections = shell.Get<DatabaseConnection>("Get-DatabaseConnection");
        var slow = shell.Get<SlowQuery>("Get-SlowQuery -Top 3");
        shell.Run("Get-DatabaseLock | Out-Default; Get-DatabaseConnection | Out-Default; Get-SlowQuery -OrderBy Calls | Out-Default");

        Assert.Equal("idle in transaction", locks[0].State);
        Assert.Equal(3, locks[0].Frees.Count);
        Assert.Single(shell.Get<DatabaseLock>("Get-DatabaseLock -RootBlockersOnly"));
        Assert.Contains(connections, group => group is { Application: "prediction-api", State: "active", Waiting: 3 });
        Assert.Equal(3, slow.Count);
        Assert.Equal("AccessExclusiveLock on public.predictions", Assert.Single(shell.Get<string>("(Get-DatabaseLock -RootBlockersOnly).Holds[0]")));
        Assert.Equal(locks[0].ProcessId, Assert.Single(shell.Get<int>("(Get-DatabaseLock)[1].BlockedBy[0]")));
        Assert.Contains("idle in transaction, holds", shell.Host.Shown, StringComparison.Ordinal);
        Assert.Contains("of 100 used", shell.Host.Shown, StringComparison.Ordinal);
        Assert.Contains("Share", shell.Host.Shown, StringComparison.Ordinal);

        var results = shell.Get<QueryStopResult>("Get-DatabaseLock | Stop-LongQuery -RootBlockersOnly -Confirm:$false");

        Assert.Equal((locks[0].ProcessId, QueryOutcome.Terminated), (Assert.Single(results).ProcessId, results[0].Outcome));
        Assert.Empty(shell.Get<DatabaseLock>("Get-DatabaseLock"));
        Assert.Contains(shell.Get<IncidentEvent>("Get-IncidentTimeline"), entry => entry.Kind == EventKind.Checked && entry.Text.Contains("holds up 3 sessions", StringComparison.Ordinal));
    }

    [SkippableFact]
    public void The_pods_of_the_database_are_a_way_to_it_too()
    {
        using var shell = database.OpenShell();

        var groups = shell.Get<DatabaseConnection>("Get-DatabaseConnection -Environment production -DatabasePods statefulset/postgres");

        Assert.All(groups, group => Assert.EndsWith("/postgres-0:5432", group.Server, StringComparison.Ordinal));
        Assert.Contains(groups, group => group.Application == "prediction-api");
    }

    [SkippableFact]
    public void What_was_added_since_an_earlier_listing_binds()
    {
        using var shell = database.OpenShell();

        var outcome = shell.Run("$before = Get-SlowQuery -Environment production -Top 0; Get-SlowQuery -Environment production -Since $before -Top 0");

        Assert.Null(outcome.Error);
        Assert.Empty(outcome.Errors);
    }

    [SkippableFact]
    public void A_prepared_transaction_in_the_pipeline_is_no_session_to_stop()
    {
        using var shell = database.OpenShell();

        var outcome = shell.Run("[pscustomobject]@{ Session = $null } | Stop-LongQuery -Confirm:$false");

        Assert.Null(outcome.Error);
        Assert.Empty(outcome.Output);
    }
}
