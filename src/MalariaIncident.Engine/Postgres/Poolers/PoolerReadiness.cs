using MalariaIncident.Engine.Readiness;

namespace MalariaIncident.Engine.Postgres.Poolers;

/// <summary>Do the administration consoles of the pooler open? Whether the user may pause is known only when it does: PgBouncer tells nobody beforehand.</summary>
internal sealed class PoolerReadiness(PoolerConsoles consoles) : IReadinessContributor
{
    public async Task<IReadOnlyList<ReadinessCheck>> CheckAsync(ReadinessInquiry inquiry, CancellationToken cancellationToken)
    {
        // The connection that was typed is the database's, not the console's.
        var scope = inquiry.Scope with { Typed = inquiry.Scope.Typed with { ConnectionString = null, Pods = null } };
        if (!inquiry.Wants(ReadinessArea.Database) || scope.Environment is null)
        {
            return [];
        }

        var question = inquiry.Ask(ReadinessArea.Database, "Pooler console", "Reset-ConnectionPool", "Suspend-ConnectionPool", "Resume-ConnectionPool");
        return [await question.AskAsync(
            async token =>
            {
                var poolers = await Pooler.OpenAllAsync(await consoles.FindAsync(scope, token), () => consoles.DeadlineOf(scope), token);
                try
                {
                    await Task.WhenAll(poolers.Select(pooler => pooler.ViewAsync(token)));
                    return question.Ready($"{string.Join(", ", poolers.Select(pooler => pooler.Server))} {(poolers.Count == 1 ? "opens its console" : "open their consoles")}; PAUSE and RELOAD need a user of admin_users.");
                }
                finally
                {
                    await Pooler.CloseAllAsync(poolers);
                }
            },
            cancellationToken,
            failure => failure.Kind == FailureKind.SettingMissing ? question.NotChecked(failure) : question.NotReady(failure))];
    }
}
