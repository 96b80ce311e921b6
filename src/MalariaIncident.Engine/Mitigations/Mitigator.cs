using System.Globalization;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using MalariaIncident.Engine.Environments;
using MalariaIncident.Engine.Incidents;
using MalariaIncident.Engine.Text;

namespace MalariaIncident.Engine.Mitigations;

/// <summary>
/// The one way by which the world is changed. Kinds of change plug in as <see cref="IMitigationAct"/>; everything that must
/// be the same for each (intent before, outcome after, reading back, verification, the ledger) is here and in <see cref="MitigationApplication"/>.
/// </summary>
internal sealed class Mitigator(
    IJournal journal,
    IScopeResolver scopes,
    IReadOnlyDictionary<MitigationKind, Lazy<IMitigationAct>> acts,
    Lazy<IServiceVerification> verification,
    Approvals approvals,
    Func<Operator> who,
    TimeProvider time) : IMitigations
{
    private readonly MitigationLedger _ledger = new(journal);
    private readonly UnknownOutcomes _unknown = new(journal, time);

    public async Task<MitigationPlan> PlanAsync(MitigationRequest request, CancellationToken cancellationToken)
    {
        var scope = await scopes.ResolveAsync(request.Scope, cancellationToken);
        return await SealAsync(await ActFor(request.Kind).PlanAsync(request, scope, MitigationId.New(), cancellationToken), scope, cancellationToken);
    }

    public Task<IReadOnlyList<MitigationPlan>> PlanAllAsync(IReadOnlyList<MitigationRequest> requests, CancellationToken cancellationToken) =>
        new MitigationBatch(this).PlanAsync(requests, cancellationToken);

    public IAsyncEnumerable<MitigationStep> ApplyAllAsync(IReadOnlyList<MitigationPlan> plans, ApplyOptions options, CancellationToken cancellationToken) =>
        new MitigationBatch(this).ApplyAsync(plans, options, cancellationToken);

    public async Task<MitigationPlan> PlanUndoAsync(string mitigationId, Scope scope, bool force, CancellationToken cancellationToken)
    {
        var applied = await _ledger.GetAsync(mitigationId, cancellationToken);
        if (applied.Plan is not { } plan || applied.State is not (MitigationState.InForce or MitigationState.Unknown))
        {
            throw new IncidentException(
                FailureKind.MitigationNotReversible,
                $"{applied.Id} ({applied.Summary}) cannot be undone: it is {Describe(applied)}.",
                applied.Id);
        }

        var asked = scope.Incident ?? plan.Scope.Incident;
        var isClosed = asked is not null && (await journal.GetAsync(asked, cancellationToken)).Status == IncidentStatus.Closed;
        var there = plan.Scope with
        {
            Incident = isClosed ? null : asked,
            KubeConfig = scope.KubeConfig ?? plan.Scope.KubeConfig,
            Timeout = scope.Timeout ?? plan.Scope.Timeout,
        };
        var resolved = await scopes.ResolveAsync(there, cancellationToken);
        try
        {
            var undo = await ActFor(plan.Kind).PlanUndoAsync(plan, resolved, MitigationId.New(), force, cancellationToken);
            // What was kept beyond an incident ends after it; the incident's record and figures shall not be reopened for that.
            return await SealAsync(isClosed ? undo with { Warnings = [.. undo.Warnings, $"{asked} is closed: this is recorded outside of it."] } : undo, resolved, cancellationToken);
        }
        catch (IncidentException failure) when (failure.Kind == FailureKind.ObjectChanged && !force)
        {
            throw new IncidentException(
                failure.Kind, failure.Message, failure.Subject, failure.InnerException,
                $"Find out who changed it (another responder, a pipeline). If what {applied.Id} replaced shall be put back over that: Undo-Mitigation {applied.Id} -Force.");
        }
    }

    public Task<string> SavePlanAsync(MitigationPlan plan, string path, bool overwrite, CancellationToken cancellationToken) => PlanFile.SaveAsync(plan, path, overwrite, cancellationToken);

    public Task<MitigationPlan> LoadPlanAsync(string path, CancellationToken cancellationToken) => PlanFile.LoadAsync(path, cancellationToken);

    public async Task<MitigationApproval> ApproveAsync(MitigationPlan plan, string? comment, CancellationToken cancellationToken)
    {
        PlanSeal.Check(plan);
        EnsureUnused(plan, await _ledger.ReadAsync(cancellationToken));
        return await approvals.ApproveAsync(plan, comment, cancellationToken);
    }

    public async IAsyncEnumerable<MitigationProgress> ApplyAsync(
        MitigationPlan plan, ApplyOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        PlanSeal.Check(plan);
        var act = ActFor(plan.Kind);
        var scope = await scopes.ResolveAsync(plan.Scope, cancellationToken);
        var record = await OpenRecordAsync(plan, options, cancellationToken);
        var known = await _ledger.ReadAsync(cancellationToken);
        EnsureUnused(plan, known);
        await ResolveUnknownAsync(plan, act, scope, known, cancellationToken);
        if (await approvals.EnsureAsync(plan, options.BreakGlass, cancellationToken) is { } brokenGlass)
        {
            await record.WriteAsync([brokenGlass], cancellationToken);
        }

        // A task of its own, so that ending the enumeration early or Ctrl+C still leads through the bookkeeping.
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var steps = Channel.CreateUnbounded<MitigationProgress>();
        var application = new MitigationApplication(plan, act, scope, record, verification, time, steps.Writer);
        var running = Task.Run(() => application.RunAsync(options.Wait, stop.Token), CancellationToken.None);
        try
        {
            // No token here: a stopped application still has its honest outcome to tell, and ends by itself within two seconds.
            await foreach (var step in steps.Reader.ReadAllAsync(CancellationToken.None))
            {
                yield return step;
            }
        }
        finally
        {
            await stop.CancelAsync();
            await running;
        }
    }

    public async IAsyncEnumerable<Mitigation> ListAsync(MitigationFilter filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var found = false;
        foreach (var mitigation in await _ledger.ReadAsync(cancellationToken))
        {
            if ((filter.Incidents.Count == 0 || (mitigation.Incident is { } incident && filter.Incidents.Any(pattern => Wildcard.Matches(pattern.Trim(), incident))))
                && (filter.Ids.Count == 0 || filter.Ids.Any(pattern => Wildcard.Matches(pattern, mitigation.Id)))
                && (filter.Kind is null || filter.Kind == mitigation.Kind)
                && (filter.States.Count == 0 || filter.States.Contains(mitigation.State)))
            {
                found = true;
                yield return mitigation;
            }
        }

        if (!found && filter.Ids.FirstOrDefault(id => !Wildcard.IsPattern(id)) is { } missing)
        {
            throw new IncidentException(FailureKind.MitigationNotFound, $"There is no mitigation '{missing}' in the journal.", missing);
        }
    }

    public async IAsyncEnumerable<Mitigation> SettleAsync(MitigationFilter filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ReadOnlyMode.Guard("What became of changes");
        await foreach (var mitigation in ListAsync(filter, cancellationToken))
        {
            if (mitigation.Plan is not { } plan || !_unknown.Includes(mitigation))
            {
                continue;
            }

            yield return await SettleAsync(mitigation, plan, cancellationToken);
        }
    }

    private async Task<Mitigation> SettleAsync(Mitigation mitigation, MitigationPlan plan, CancellationToken cancellationToken)
    {
        try
        {
            var scope = await scopes.ResolveAsync(plan.Scope, cancellationToken);
            await _unknown.SettleAsync(mitigation, plan, ActFor(plan.Kind), scope, cancellationToken);
            return await _ledger.GetAsync(mitigation.Id, cancellationToken);
        }
        catch (IncidentException failure) when (failure.Kind is not FailureKind.ReadOnlyMode)
        {
            return mitigation with { Detail = $"Still not known: {failure.Message}" };
        }
    }

    private IMitigationAct ActFor(MitigationKind kind)
        => acts.TryGetValue(kind, out var act)
            ? act.Value
            : throw new IncidentException(FailureKind.EngineFailed, $"No adapter can make a change of kind {kind}.", kind);

    /// <summary>What the runbook asks for stands in the plan that people see; then the plan is bound to its digest.</summary>
    private async Task<MitigationPlan> SealAsync(MitigationPlan plan, ResolvedScope scope, CancellationToken cancellationToken)
    {
        var asked = await approvals.ConditionAsync(plan.Incident, cancellationToken);
        var whole = plan with
        {
            Preconditions = asked is null ? plan.Preconditions : [.. plan.Preconditions, asked],
            BlastRadius = WithUsers(plan, scope),
        };
        return PlanSeal.Seal(whole, who().Actor, time.GetUtcNow());
    }

    /// <summary>Whoever weighs a change should have before them how many suffer already.</summary>
    private static string? WithUsers(MitigationPlan plan, ResolvedScope scope)
        => plan.BlastRadius is { } affected && scope.UsersAffected is { } users
            ? string.Create(CultureInfo.InvariantCulture, $"{affected}; {users:0.##} % of users are affected by {plan.Incident}")
            : plan.BlastRadius;

    /// <summary>PlanUsed: a plan is carried out once, whatever came of it.</summary>
    private static void EnsureUnused(MitigationPlan plan, IReadOnlyList<Mitigation> known)
    {
        if (known.FirstOrDefault(mitigation => mitigation.Id == plan.Id) is { } used)
        {
            throw new IncidentException(FailureKind.PlanUsed, $"{plan.Id} ({plan.Summary}) was carried out already, by {used.Actor} at {used.IntendedAt.UtcDateTime:u}: {used.State}.", plan.Id);
        }
    }

    private async Task<IRecord> OpenRecordAsync(MitigationPlan plan, ApplyOptions options, CancellationToken cancellationToken)
    {
        try
        {
            await journal.EnsureWritableAsync(plan.Incident, cancellationToken);
            return new JournalRecord(journal, plan.Incident);
        }
        catch (IncidentException failure) when (options.WithoutJournal
            && failure.Kind is FailureKind.StoreFull or FailureKind.StoreReadOnly or FailureKind.StoreBusy or FailureKind.StoreUnreadable)
        {
            return new FileRecord(plan, time);
        }
    }

    /// <summary>An earlier change of the same target with an unknown outcome is read again first; while it stays unknown nothing else is sent.</summary>
    private async Task ResolveUnknownAsync(MitigationPlan plan, IMitigationAct act, ResolvedScope scope, IReadOnlyList<Mitigation> known, CancellationToken cancellationToken)
    {
        foreach (var earlier in known)
        {
            if (earlier.Plan is not { } open || open.Target != plan.Target || open.Kind != plan.Kind || !_unknown.Includes(earlier))
            {
                continue;
            }

            try
            {
                if (await _unknown.SettleAsync(earlier, open, act, scope, cancellationToken) == ReadBack.Unknown)
                {
                    throw StillUnknown(earlier, plan, null);
                }
            }
            catch (IncidentException failure) when (failure.Kind is not (FailureKind.OutcomeUnknown or FailureKind.ReadOnlyMode))
            {
                throw StillUnknown(earlier, plan, failure);
            }
        }
    }

    private static IncidentException StillUnknown(Mitigation earlier, MitigationPlan plan, IncidentException? why) => new(
        FailureKind.OutcomeUnknown,
        $"Whether {earlier.Id} ({earlier.Summary}) was made is still not known, so nothing else is sent to {plan.Target}.{(why is null ? "" : $" {why.Message}")}",
        earlier.Id,
        why);

    private static string Describe(Mitigation mitigation) => mitigation.State switch
    {
        MitigationState.Open => "still running, or was interrupted before it was sent",
        MitigationState.Done => "done for good",
        MitigationState.Failed => "not in force: it failed",
        MitigationState.Undone => "undone already",
        _ => "recorded by another version of this module",
    };
}
