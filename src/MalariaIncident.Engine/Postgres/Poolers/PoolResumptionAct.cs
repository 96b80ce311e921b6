using MalariaIncident.Engine.Environments;
using MalariaIncident.Engine.Mitigations;
using MalariaIncident.Engine.Postgres.Connections;
using MalariaIncident.Engine.Text;

namespace MalariaIncident.Engine.Postgres.Poolers;

/// <summary>RESUME, whether somebody asks for it or a suspension is undone: either way the suspension is not in force any more.</summary>
/// <param name="consoles">Finds the poolers.</param>
/// <param name="past">What was changed before. A function, since the ledger itself knows the acts of this room.</param>
internal sealed class PoolResumptionAct(PoolerConsoles consoles, Func<MitigationFilter, CancellationToken, IAsyncEnumerable<Mitigation>> past) : PoolAct(consoles)
{
    public override MitigationKind Kind => MitigationKind.PoolResumption;

    public override async Task<MitigationPlan> PlanUndoAsync(MitigationPlan applied, ResolvedScope scope, string mitigationId, bool force, CancellationToken cancellationToken)
    {
        if (applied.Kind != MitigationKind.PoolSuspension)
        {
            throw new IncidentException(FailureKind.MitigationNotReversible, "A pool that was resumed is paused again with Suspend-ConnectionPool.", applied.Id);
        }

        var databases = PoolInstructions.Of(applied).Steps.Select(step => step.Database!).Distinct(StringComparer.Ordinal).ToArray();
        var plan = await PlanAsync(new Undoing { Scope = applied.Scope, Databases = databases, Undoes = applied.Id }, scope, mitigationId, cancellationToken);
        return plan.Target == applied.Target
            ? plan
            : throw new IncidentException(
                FailureKind.ObjectChanged, $"{applied.Id} paused {applied.Target}, and what is named now is {plan.Target}.", applied.Target,
                advice: "Name the same console with Resume-ConnectionPool -ConnectionString.");
    }

    protected override async Task<PoolDraft> DraftAsync(PoolRequest request, IReadOnlyList<Pooler> poolers, CancellationToken stop)
    {
        var undoing = request as Undoing;
        var (steps, changes, warnings) = (new List<PoolStep>(), new List<PlannedChange>(), new List<string>());
        var seen = new List<PooledDatabase>();
        foreach (var pooler in poolers)
        {
            var view = await pooler.ViewAsync(stop);
            seen.AddRange(view.Databases);
            foreach (var database in view.Databases.Where(database => database.Paused && Matches(request.Databases, database.Name)))
            {
                steps.Add(new(pooler.Server, database.Name, []));
                changes.Add(new($"database {Name(steps[^1])}", "state", $"paused: {Amount.Of(database.ClientsWaiting, "client")} {Amount.Word(database.ClientsWaiting, "waits", "wait")}", "active"));
            }
        }

        if (undoing is null)
        {
            EnsureKnown(request.Databases, seen);
        }

        var suspensions = undoing is null ? await SuspensionsAsync(poolers, request, stop) : [];
        var undoes = undoing?.Undoes ?? (suspensions.Count > 0 ? suspensions[0] : null);
        if (steps.Count == 0 && undoes is null)
        {
            throw new IncidentException(FailureKind.NothingToDo, "No database of the pooler is paused.", poolers[0].Server);
        }

        warnings.AddRange(suspensions.Skip(1).Select(other => $"{other} paused the same pooler, and stays in the list of what is in force until it is undone (Undo-Mitigation {other})."));
        return new()
        {
            Summary = steps.Count == 0 ? "Note that the pool was resumed already" : $"Resume {string.Join(", ", steps.Select(step => step.Database!).Distinct(StringComparer.Ordinal))}",
            Steps = steps,
            Changes = changes,
            Reasons = steps.Count == 0 ? ["nothing is paused any more: somebody resumed it, or the pooler was restarted"] : [],
            Warnings = warnings,
            BlastRadius = "clients that wait at the pooler go on at once, all together",
            Undoes = undoes,
        };
    }

    protected override async Task<string> ChangeAsync(Pooler pooler, PoolStep step, Deadline deadline, CancellationToken stop)
    {
        try
        {
            await pooler.SendAsync($"RESUME {Quote(step.Database!)}", Left(deadline), stop);
            return "resumed";
        }
        catch (IncidentException failure) when (failure.Kind is FailureKind.DatabaseRefused or FailureKind.DatabaseTimeout or FailureKind.DatabaseUnreachable)
        {
            // It may have been resumed meanwhile, by us or by somebody else.
            if (await IsPausedAsync(pooler, step, stop))
            {
                throw;
            }

            return "is not paused any more";
        }
    }

    private static async Task<bool> IsPausedAsync(Pooler pooler, PoolStep step, CancellationToken stop)
    {
        try
        {
            await pooler.ReopenAsync(stop);
            return (await pooler.ViewAsync(stop)).Find(step.Database!) is { Paused: true };
        }
        catch (IncidentException lost)
        {
            throw new IncidentException(FailureKind.OutcomeUnknown, $"{Name(step)} was told to resume, and whether it did is not known: {lost.Message}", step.Pooler, lost);
        }
    }

    protected override ReadBack Judge(MitigationPlan plan, PoolInstructions instructions, IReadOnlyDictionary<string, PoolView> views) =>
        instructions.Steps.Any(step => views[step.Pooler].Find(step.Database!) is { Paused: true }) ? ReadBack.NotApplied : ReadBack.Applied;

    /// <summary>Suspensions of these poolers that would be over once this is done, newest first.</summary>
    private async Task<IReadOnlyList<string>> SuspensionsAsync(IReadOnlyList<Pooler> poolers, PoolRequest request, CancellationToken stop)
    {
        var here = poolers.Select(pooler => pooler.Server).ToHashSet(StringComparer.Ordinal);
        var found = new List<string>();
        await foreach (var mitigation in past(new() { States = [MitigationState.InForce] }, stop))
        {
            if (mitigation is { Kind: MitigationKind.PoolSuspension, Plan: { } plan }
                && PoolInstructions.Of(plan).Steps.All(step => here.Contains(step.Pooler) && Matches(request.Databases, step.Database!)))
            {
                found.Add(mitigation.Id);
            }
        }

        return found;
    }

    private sealed record Undoing : PoolRequest
    {
        public override MitigationKind Kind => MitigationKind.PoolResumption;
        public required string Undoes { get; init; }
    }
}
