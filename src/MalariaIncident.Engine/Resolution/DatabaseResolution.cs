using MalariaIncident.Engine.Environments;
using MalariaIncident.Engine.Mitigations;
using MalariaIncident.Engine.Text;

namespace MalariaIncident.Engine.Resolution;

/// <summary>Does a session still hold others up in the database?</summary>
internal sealed class DatabaseResolution(Func<IDatabases> databases) : IResolutionContributor
{
    private const string Check = "No query holds others up in the database";

    /// <summary>Shorter waits are the daily life of a database; who looks twice has seen them go.</summary>
    private static readonly TimeSpan MinimumDuration = TimeSpan.FromSeconds(10);

    public async Task<IReadOnlyList<ResolutionCheck>> CheckAsync(ResolvedScope scope, CancellationToken cancellationToken)
    {
        if (scope.ConnectionReference is null)
        {
            return [new ResolutionCheck(Check, null, "Not checked: no database is named. Name it in the environment file, or with -ConnectionString.")];
        }

        return [await Unchecked.WhenItFailsAsync(Check, () => BlockersAsync(scope, cancellationToken))];
    }

    private async Task<ResolutionCheck> BlockersAsync(ResolvedScope scope, CancellationToken cancellationToken)
    {
        var filter = new LongQueryFilter { RootBlockersOnly = true, MinimumDuration = MinimumDuration };
        var blockers = new List<LongQuery>();
        await foreach (var query in databases().GetLongQueriesAsync(scope.Typed, filter, cancellationToken))
        {
            blockers.Add(query);
        }

        if (blockers.Count == 0)
        {
            return await WithoutSessionAsync(scope, cancellationToken) is { } other
                ? new ResolutionCheck(
                    Check,
                    false,
                    $"{(other.PreparedTransaction is { } name ? $"The prepared transaction '{PlainText.OneLine(name, 200)}'" : $"Process {other.ProcessId}, a {other.State},")} of {other.Database} (for {other.TransactionAge:h\\:mm\\:ss}) blocks {other.Blocks}. Get-DatabaseLock says more.")
                : new ResolutionCheck(Check, true, "No session has blocked another for more than ten seconds.");
        }

        var worst = blockers.MaxBy(query => query.Blocks)!;
        return new ResolutionCheck(
            Check,
            false,
            $"Backend {worst.ProcessId} of {worst.Database} ({worst.User}, {worst.State} for {worst.Duration:h\\:mm\\:ss}) blocks {worst.Blocks}; {Amount.Of(blockers.Count, "root blocker")} in all. Get-LongQuery -RootBlockersOnly shows them.");
    }

    /// <summary>What blocks and is no client's session, so that no list of sessions shows it: a transaction that was prepared, a worker of the server.</summary>
    private async Task<DatabaseLock?> WithoutSessionAsync(ResolvedScope scope, CancellationToken cancellationToken)
    {
        await foreach (var entry in databases().GetLocksAsync(scope.Typed, cancellationToken))
        {
            if (entry is { RootBlocker: true, Session: null } && entry.TransactionAge >= MinimumDuration)
            {
                return entry;
            }
        }

        return null;
    }
}
