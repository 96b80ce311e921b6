using MalariaIncident.Engine.Environments;
using MalariaIncident.Engine.Mitigations;
using MalariaIncident.Engine.Postgres.Connections;
using MalariaIncident.Engine.Text;

namespace MalariaIncident.Engine.Postgres.Poolers;

/// <summary>RECONNECT and RELOAD: what a restart of the pooler is wanted for, without dropping its clients.</summary>
internal sealed class PoolResetAct(PoolerConsoles consoles) : PoolAct(consoles)
{
    public override MitigationKind Kind => MitigationKind.PoolReset;

    public override Task<MitigationPlan> PlanUndoAsync(MitigationPlan applied, ResolvedScope scope, string mitigationId, bool force, CancellationToken cancellationToken) =>
        throw new IncidentException(FailureKind.MitigationNotReversible, "Server connections that were replaced cannot be put back, and need not be.", applied.Id);

    protected override async Task<PoolDraft> DraftAsync(PoolRequest request, IReadOnlyList<Pooler> poolers, CancellationToken stop)
    {
        if (((PoolResetRequest)request).ReloadConfiguration)
        {
            return new()
            {
                Summary = $"Let {Amount.Of(poolers.Count, "pooler")} read the configuration again",
                Steps = [.. poolers.Select(pooler => new PoolStep(pooler.Server, null, []))],
                Changes = [.. poolers.Select(pooler => new PlannedChange($"pooler {pooler.Server}", "configuration", "as it was read last", "as its files say now"))],
                Warnings = ["What the files say is not shown here: have a look at pgbouncer.ini (or its ConfigMap) first."],
                BlastRadius = "databases whose connection settings changed get new server connections; no client is dropped",
            };
        }

        var (steps, changes, warnings) = (new List<PoolStep>(), new List<PlannedChange>(), new SortedSet<string>(StringComparer.Ordinal));
        var seen = new List<PooledDatabase>();
        foreach (var pooler in poolers)
        {
            seen.AddRange((await pooler.ViewAsync(stop)).Databases);
            foreach (var database in (await pooler.ViewAsync(stop)).Databases.Where(database => database.Servers.Count > 0 && Matches(request.Databases, database.Name)))
            {
                steps.Add(new(pooler.Server, database.Name, [.. database.Servers.Select(server => server.Identity)]));
                changes.Add(new(
                    $"database {Name(steps[^1])}", "server connections", $"{database.Servers.Count}, of which {database.ServersActive} in use", "new ones, as their clients give the old ones back"));
                if (database.PoolMode == "session")
                {
                    warnings.Add($"{database.Name} is pooled by session: a connection in use is replaced only when its client disconnects.");
                }
            }
        }

        EnsureKnown(request.Databases, seen);
        return steps.Count > 0
            ? new()
            {
                Summary = $"Replace the server connections of {string.Join(", ", steps.Select(step => step.Database!).Distinct(StringComparer.Ordinal))}",
                Steps = steps,
                Changes = changes,
                Warnings = [.. warnings],
                BlastRadius = "no client is dropped; the server sees as many new logins",
            }
            : throw new IncidentException(FailureKind.NothingToDo, "The pooler has no connections to the server that could be replaced.", poolers[0].Server);
    }

    protected override async Task<string> ChangeAsync(Pooler pooler, PoolStep step, Deadline deadline, CancellationToken stop)
    {
        var command = step.Database is null ? "RELOAD" : $"RECONNECT {Quote(step.Database)}";
        try
        {
            await pooler.SendAsync(command, Left(deadline), stop);
        }
        catch (IncidentException lost) when (lost.Kind is FailureKind.DatabaseTimeout or FailureKind.DatabaseUnreachable)
        {
            throw new IncidentException(FailureKind.OutcomeUnknown, $"{command} was sent, and its answer was lost: {lost.Message}", step.Pooler, lost);
        }

        if (step.Database is null)
        {
            return "the configuration was read again";
        }

        int left;
        try
        {
            left = (await pooler.ViewAsync(stop)).Find(step.Database)?.Servers.Count(server => step.Servers.Contains(server.Identity)) ?? 0;
        }
        catch (IncidentException unseen)
        {
            // The command was answered; that the picture after it is missing makes no failure of it.
            return $"server connections close as their clients give them back; how many have by now was not seen: {unseen.Message.TrimEnd('.')}";
        }

        return left == 0
            ? $"all {step.Servers.Count} server connections were closed"
            : $"{step.Servers.Count - left} of {step.Servers.Count} server connections were closed; {left} in use close as their clients give them back";
    }

    /// <summary>A reload leaves no trace, and sending it again harms nobody: it counts as not made.</summary>
    protected override ReadBack Judge(MitigationPlan plan, PoolInstructions instructions, IReadOnlyDictionary<string, PoolView> views) =>
        instructions.Steps.All(step => step.Database is not null
            && (views[step.Pooler].Find(step.Database)?.Servers.All(server => server.CloseNeeded || !step.Servers.Contains(server.Identity)) ?? true))
            ? ReadBack.Applied
            : ReadBack.NotApplied;
}
