using MalariaIncident.Engine.Environments;
using MalariaIncident.Engine.Mitigations;
using MalariaIncident.Engine.Postgres.Connections;
using MalariaIncident.Engine.Text;

namespace MalariaIncident.Engine.Postgres.Poolers;

/// <summary>
/// PAUSE. Always by database: only that shows in SHOW DATABASES of every version, and so can be read back and put back.
/// </summary>
internal sealed class PoolSuspensionAct(PoolerConsoles consoles, PoolResumptionAct resumption) : PoolAct(consoles)
{
    public override MitigationKind Kind => MitigationKind.PoolSuspension;

    public override Task<MitigationPlan> PlanUndoAsync(MitigationPlan applied, ResolvedScope scope, string mitigationId, bool force, CancellationToken cancellationToken) =>
        resumption.PlanUndoAsync(applied, scope, mitigationId, force, cancellationToken);

    protected override async Task<PoolDraft> DraftAsync(PoolRequest request, IReadOnlyList<Pooler> poolers, CancellationToken stop)
    {
        var (steps, changes, reasons, warnings) = (new List<PoolStep>(), new List<PlannedChange>(), new List<string>(), new SortedSet<string>(StringComparer.Ordinal));
        var seen = new List<PooledDatabase>();
        int clients = 0;
        foreach (var pooler in poolers)
        {
            var view = await pooler.ViewAsync(stop);
            seen.AddRange(view.Databases);
            foreach (var database in view.Databases.Where(database => Matches(request.Databases, database.Name)))
            {
                var step = new PoolStep(pooler.Server, database.Name, []);
                if (database.Paused)
                {
                    reasons.Add($"{Name(step)} is paused already, and is left as it is");
                    continue;
                }

                steps.Add(step);
                clients += database.ClientsActive + database.ClientsWaiting;
                changes.Add(new(
                    $"database {Name(step)}", "state", $"active: {Amount.Of(database.ClientsActive, "client")}, {Amount.Of(database.ServersActive, "server connection")} in use",
                    "paused: clients wait at the pooler, server connections are closed"));
                warnings.Add(view.QueryWaitTimeout == "0"
                    ? "Clients wait without a limit of the pooler's own (query_wait_timeout is 0) until the pool is resumed."
                    : $"A client that waits longer than {view.QueryWaitTimeout} s (query_wait_timeout) is disconnected with an error.");
                if (database.PoolMode == "session")
                {
                    warnings.Add($"{database.Name} is pooled by session: pausing waits until its clients disconnect by themselves, not only until their transactions end.");
                }
            }
        }

        EnsureKnown(request.Databases, seen);
        if (steps.Count == 0)
        {
            throw new IncidentException(
                FailureKind.NothingToDo, seen.Count == 0 ? "The pooler has no databases that could be paused." : $"There is nothing left to pause: {string.Join("; ", reasons)}.", poolers[0].Server);
        }

        return new()
        {
            Summary = $"Pause {Databases(steps)} at {Amount.Of(poolers.Count, "pooler")}",
            Steps = steps,
            Changes = changes,
            Reasons = reasons,
            Warnings = [.. warnings],
            BlastRadius = $"{Amount.Of(clients, "client")} of the pooler: what {Amount.Word(clients, "it runs", "they run")} now may end, what {Amount.Word(clients, "it sends", "they send")} next waits",
            Temporary = true,
            Undo = "RESUME, by Undo-Mitigation or Resume-ConnectionPool",
        };
    }

    protected override async Task<string> ChangeAsync(Pooler pooler, PoolStep step, Deadline deadline, CancellationToken stop)
    {
        try
        {
            await pooler.SendAsync($"PAUSE {Quote(step.Database!)}", Left(deadline), stop);
            return "paused; no server connection is left";
        }
        catch (IncidentException failure) when (failure.Kind is FailureKind.DatabaseTimeout or FailureKind.DatabaseUnreachable)
        {
            return await LookAgainAsync(pooler, step, failure, stop);
        }
    }

    /// <summary>A pooler that has paused half of what was asked for is worse than one that has paused nothing: what was done is taken back.</summary>
    protected override async Task<IncidentException> AfterFailureAsync(
        IncidentException failure, IReadOnlyList<(Pooler Pooler, PoolStep Step)> done, PoolStep failed, CancellationToken stop)
    {
        foreach (var (pooler, step) in done)
        {
            try
            {
                await pooler.SendAsync($"RESUME {Quote(step.Database!)}", new(TimeSpan.FromSeconds(5), Consoles.Time), stop);
            }
            catch (IncidentException stuck)
            {
                return new(
                    FailureKind.OutcomeUnknown,
                    $"{failure.Message} {Name(step)} had been paused before that, and taking it back failed as well: {stuck.Message}", failure.Subject, failure);
            }
        }

        return done.Count == 0 ? failure : new(
            failure.Kind, $"{failure.Message} What had been paused before that was resumed again: {string.Join(", ", done.Select(entry => Name(entry.Step)))}.", failure.Subject, failure, failure.Advice);
    }

    /// <summary>One that is paused holds clients back: as long as any is, the change is in force and can be put back.</summary>
    protected override ReadBack Judge(MitigationPlan plan, PoolInstructions instructions, IReadOnlyDictionary<string, PoolView> views) =>
        instructions.Steps.Any(step => views[step.Pooler].Find(step.Database!) is { Paused: true }) ? ReadBack.Applied : ReadBack.NotApplied;

    /// <summary>PAUSE answers when the last server connection is free; that it has begun shows at once.</summary>
    private static async Task<string> LookAgainAsync(Pooler pooler, PoolStep step, IncidentException failure, CancellationToken stop)
    {
        PooledDatabase? now;
        try
        {
            await pooler.ReopenAsync(stop);
            now = (await pooler.ViewAsync(stop)).Find(step.Database!);
        }
        catch (IncidentException lost)
        {
            throw new IncidentException(FailureKind.OutcomeUnknown, $"{Name(step)} was told to pause, and whether it did is not known: {lost.Message}", step.Pooler, lost);
        }

        return now is { Paused: true }
            ? $"paused: new work waits, but {now.ServersActive} server {(now.ServersActive == 1 ? "connection was" : "connections were")} still in use when the time was over, and "
                + $"{(now.ServersActive == 1 ? "closes as its" : "close as their")} work ends; Stop-LongQuery on the server itself ends it"
            : throw failure;
    }

    private static string Databases(List<PoolStep> steps)
    {
        var names = steps.Select(step => step.Database!).Distinct(StringComparer.Ordinal).ToArray();
        return names.Length > 3 ? $"{names.Length} databases" : string.Join(", ", names);
    }
}
