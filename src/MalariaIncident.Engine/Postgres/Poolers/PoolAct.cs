using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using MalariaIncident.Engine.Environments;
using MalariaIncident.Engine.Mitigations;
using MalariaIncident.Engine.Postgres.Connections;
using MalariaIncident.Engine.Text;

namespace MalariaIncident.Engine.Postgres.Poolers;

/// <summary>What the changes of a pooler have in common: every console is open before the first is told anything, and each database has a result of its own.</summary>
internal abstract class PoolAct(PoolerConsoles consoles) : IMitigationAct
{
    private static readonly TimeSpan UsualDeadline = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LeastPatience = TimeSpan.FromSeconds(1);

    public abstract MitigationKind Kind { get; }

    public bool VerifiesService => false;

    protected PoolerConsoles Consoles => consoles;

    public async Task<MitigationPlan> PlanAsync(MitigationRequest request, ResolvedScope scope, string mitigationId, CancellationToken cancellationToken)
    {
        var poolers = await OpenAsync(scope, cancellationToken);
        try
        {
            var draft = await DraftAsync((PoolRequest)request, poolers, cancellationToken);
            return new()
            {
                Id = mitigationId,
                Incident = scope.Incident,
                Environment = scope.EnvironmentName,
                Kind = Kind,
                Target = Target(poolers.Select(pooler => pooler.Server)),
                Summary = draft.Summary,
                Changes = draft.Changes,
                Reasons = draft.Reasons,
                Warnings = draft.Warnings,
                Preconditions = ["every console that is named here answers, before the first is told anything"],
                BlastRadius = draft.BlastRadius,
                Undo = draft.Undo,
                Undoes = draft.Undoes,
                Temporary = draft.Temporary,
                Deadline = request.Deadline ?? UsualDeadline,
                Instructions = new PoolInstructions(draft.Steps).ToJson(),
                Scope = consoles.Secrets.Hide(scope.Typed),
            };
        }
        finally
        {
            await Pooler.CloseAllAsync(poolers);
        }
    }

    public abstract Task<MitigationPlan> PlanUndoAsync(MitigationPlan applied, ResolvedScope scope, string mitigationId, bool force, CancellationToken cancellationToken);

    public async IAsyncEnumerable<ActStep> SendAsync(MitigationPlan plan, ResolvedScope scope, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ReadOnlyMode.Guard(plan.Summary);
        var instructions = PoolInstructions.Of(plan);
        var deadline = new Deadline(plan.Deadline, consoles.Time);
        var poolers = await OpenAsync(scope, cancellationToken);
        try
        {
            EnsureSame(plan, poolers);
            var done = new List<(Pooler Pooler, PoolStep Step)>();
            foreach (var step in instructions.Steps)
            {
                var pooler = poolers.First(candidate => candidate.Server == step.Pooler);
                yield return new ActStep.Progress(MitigationPhase.Applying, $"{Name(step)}", 100 * done.Count / instructions.Steps.Count);
                var began = Stopwatch.GetTimestamp();
                var (detail, failure) = await TryAsync(pooler, step, deadline, cancellationToken);
                if (failure is not null)
                {
                    throw await AfterFailureAsync(failure, done, step, cancellationToken);
                }

                done.Add((pooler, step));
                yield return await ResultAsync(plan, pooler, step, detail!, Stopwatch.GetElapsedTime(began), cancellationToken);
            }

            yield return new ActStep.Sent(EventKind.ActionSucceeded, plan.Summary);
        }
        finally
        {
            await Pooler.CloseAllAsync(poolers);
        }
    }

    public async Task<ReadBack> ReadBackAsync(MitigationPlan plan, ResolvedScope scope, CancellationToken cancellationToken)
    {
        IReadOnlyList<Pooler> poolers = [];
        try
        {
            poolers = await OpenAsync(scope, cancellationToken);
            EnsureSame(plan, poolers);
            var views = new Dictionary<string, PoolView>(StringComparer.Ordinal);
            foreach (var pooler in poolers)
            {
                views[pooler.Server] = await pooler.ViewAsync(cancellationToken);
            }

            return Judge(plan, PoolInstructions.Of(plan), views);
        }
        catch (IncidentException)
        {
            return ReadBack.Unknown;
        }
        finally
        {
            await Pooler.CloseAllAsync(poolers);
        }
    }

    /// <summary>Nothing: sending ends when the pooler has said that it is done.</summary>
    public IAsyncEnumerable<ActStep> FollowAsync(MitigationPlan plan, ResolvedScope scope, bool wait, CancellationToken cancellationToken) => AsyncEnumerable.Empty<ActStep>();

    protected abstract Task<PoolDraft> DraftAsync(PoolRequest request, IReadOnlyList<Pooler> poolers, CancellationToken stop);

    /// <summary>Tells one pooler. What it came to, in a sentence.</summary>
    protected abstract Task<string> ChangeAsync(Pooler pooler, PoolStep step, Deadline deadline, CancellationToken stop);

    /// <summary>What to throw when one step failed, after what can be done about those before it.</summary>
    protected virtual Task<IncidentException> AfterFailureAsync(
        IncidentException failure, IReadOnlyList<(Pooler Pooler, PoolStep Step)> done, PoolStep failed, CancellationToken stop) =>
        Task.FromResult(done.Count == 0 ? failure : new IncidentException(
            failure.Kind, $"{failure.Message} Done before it: {string.Join(", ", done.Select(entry => Name(entry.Step)))}.", failure.Subject, failure, failure.Advice));

    protected abstract ReadBack Judge(MitigationPlan plan, PoolInstructions instructions, IReadOnlyDictionary<string, PoolView> views);

    protected static string Name(PoolStep step) => step.Database is null ? step.Pooler : $"{step.Database} at {step.Pooler}";

    protected static string Quote(string database) => $"\"{database.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    protected static bool Matches(IReadOnlyList<string> patterns, string database) => patterns.Count == 0 || patterns.Any(pattern => Wildcard.Matches(pattern, database));

    /// <summary>The time that is left of a plan, and a little for whoever comes last.</summary>
    protected Deadline Left(Deadline deadline) => new(deadline.Remaining > LeastPatience ? deadline.Remaining : LeastPatience, consoles.Time);

    /// <summary>A name without a wildcard that no pooler knows is a mistake. ArgumentInvalid.</summary>
    protected static void EnsureKnown(IReadOnlyList<string> patterns, IEnumerable<PooledDatabase> databases)
    {
        var known = databases.Select(database => database.Name).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray();
        if (patterns.FirstOrDefault(pattern => !Wildcard.IsPattern(pattern) && !known.Any(name => Wildcard.Matches(pattern, name))) is { } unknown)
        {
            throw new IncidentException(
                FailureKind.ArgumentInvalid, $"The pooler has no database '{unknown}'; it has {(known.Length == 0 ? "none" : string.Join(", ", known))}.", unknown,
                advice: "Databases are named as the pooler's clients name them.");
        }
    }

    private static string Target(IEnumerable<string> servers) => $"pgbouncer {string.Join(", ", servers)}";

    private async Task<IReadOnlyList<Pooler>> OpenAsync(ResolvedScope scope, CancellationToken stop) =>
        await Pooler.OpenAllAsync(await consoles.FindAsync(scope, stop), () => consoles.DeadlineOf(scope), stop);

    private static void EnsureSame(MitigationPlan plan, IReadOnlyList<Pooler> poolers)
    {
        var now = Target(poolers.Select(pooler => pooler.Server));
        if (now != plan.Target)
        {
            throw new IncidentException(FailureKind.ObjectChanged, $"The poolers are others than when this was planned: it was {plan.Target}, and is {now}. Nothing was sent.", plan.Target);
        }
    }

    private async Task<(string? Detail, IncidentException? Failure)> TryAsync(Pooler pooler, PoolStep step, Deadline deadline, CancellationToken stop)
    {
        try
        {
            return (await ChangeAsync(pooler, step, deadline, stop), null);
        }
        catch (IncidentException failure)
        {
            return (null, failure);
        }
    }

    private async Task<ActStep.Part> ResultAsync(MitigationPlan plan, Pooler pooler, PoolStep step, string detail, TimeSpan duration, CancellationToken stop)
    {
        PooledDatabase? now = null;
        try
        {
            now = step.Database is null ? null : (await pooler.ViewAsync(stop)).Find(step.Database);
        }
        catch (IncidentException)
        {
            // The change was answered; the picture after it is an extra.
        }

        var result = new PoolChangeResult
        {
            Incident = plan.Incident,
            Environment = plan.Environment,
            MitigationId = plan.Id,
            Kind = Kind,
            Pooler = step.Pooler,
            Encryption = pooler.Encryption,
            Database = step.Database,
            Paused = now?.Paused,
            ClientsWaiting = now?.ClientsWaiting,
            ServersActive = now?.ServersActive,
            Duration = duration,
            Detail = detail,
        };
        return new(result, $"{Name(step)}: {detail}", new JsonObject { ["pooler"] = step.Pooler, ["database"] = step.Database, ["paused"] = now?.Paused });
    }
}
