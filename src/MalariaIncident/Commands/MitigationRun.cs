using System.Management.Automation;
using MalariaIncident.Loading;

namespace MalariaIncident.Commands;

/// <summary>
/// How every changing command ends: show the plan, ask, apply, report. A command that changes the world makes a plan with
/// <see cref="Choose"/> and calls <see cref="Carry"/>; nothing else in this assembly applies anything.
/// </summary>
internal sealed class MitigationRun
{
    /// <summary>What may stand beside -Plan: the way to the object, how long to wait, what is asked. Everything else is the plan's to say.</summary>
    private static readonly HashSet<string> BesidePlan = new(
        ["Plan", "BreakGlass", "KubeConfig", "Context", "ConnectionString", "TimeoutSeconds", "Wait", "NoWait", "Force", "WhatIf", "Confirm", .. PSCmdlet.CommonParameters],
        StringComparer.OrdinalIgnoreCase);

    private readonly PSCmdlet _cmdlet;
    private readonly IPlanningCommand _asked;
    private readonly Action<Func<IEngine, IAsyncEnumerable<MitigationProgress>>, Action<MitigationProgress>> _stream;

    /// <param name="cmdlet">The command, for ShouldProcess and progress.</param>
    /// <param name="asked">The same command: whether to plan only, or to carry out a plan.</param>
    /// <param name="stream">The command's own Stream method: waits on the pipeline thread, ends with it.</param>
    private MitigationRun(PSCmdlet cmdlet, IPlanningCommand asked, Action<Func<IEngine, IAsyncEnumerable<MitigationProgress>>, Action<MitigationProgress>> stream)
    {
        _cmdlet = cmdlet;
        _asked = asked;
        _stream = stream;
    }

    /// <summary>The run of one command.</summary>
    public static MitigationRun Of<T>(T command, Action<Func<IEngine, IAsyncEnumerable<MitigationProgress>>, Action<MitigationProgress>> stream)
        where T : PSCmdlet, IPlanningCommand => new(command, command, stream);

    /// <summary>The plan that was given with -Plan, to be reached by the way this command names; else the one that <paramref name="make"/> makes.</summary>
    /// <param name="fits">Whether a given plan is one for this command.</param>
    /// <param name="way">What this command was told of the way to the object.</param>
    /// <param name="make">Makes a new plan.</param>
    /// <param name="stop">Ctrl+C.</param>
    public MitigationPlan Choose(Func<MitigationPlan, bool> fits, Scope way, Func<MitigationPlan> make, CancellationToken stop) =>
        _asked.Plan is null ? Make(make, stop) : Given(fits, way, stop);

    /// <summary>The plan that was given with -Plan.</summary>
    public MitigationPlan Given(Func<MitigationPlan, bool> fits, Scope way, CancellationToken stop)
    {
        var source = _asked.Plan!;
        var contradiction = _cmdlet.MyInvocation.BoundParameters.Keys.FirstOrDefault(name => !BesidePlan.Contains(name));
        if (contradiction is not null)
        {
            throw new IncidentException(
                FailureKind.ArgumentInvalid, $"-{contradiction} has no place beside -Plan: the plan says what is done, and it is carried out as it is.", source.ToString(), advice: _cmdlet.MyInvocation.ExpectingInput
                    ? $"Run it with -Plan alone, with nothing down the pipeline: -{contradiction} may have come from there."
                    : $"Leave -{contradiction} away, or make a new plan with it.");
        }

        var plan = source.Read(_cmdlet, stop);
        if (!fits(plan))
        {
            throw new IncidentException(
                FailureKind.PlanInvalid, $"{plan.Id} is a plan of another command: {plan.Summary}.", plan.Id, advice: plan.Undoes is null ? $"It is a {plan.Kind}; give it to the command that made it." : "Give it to Undo-Mitigation.");
        }

        return plan with
        {
            Scope = plan.Scope with
            {
                KubeConfig = way.KubeConfig ?? plan.Scope.KubeConfig,
                Context = way.Context ?? plan.Scope.Context,
                ConnectionString = way.ConnectionString ?? plan.Scope.ConnectionString,
                Timeout = way.Timeout ?? plan.Scope.Timeout,
            },
        };
    }

    /// <summary>
    /// Makes new plans. Where there is nothing to do, an earlier change whose answer was lost may have done it: the record shall not go on saying that nobody knows.
    /// </summary>
    public T Make<T>(Func<T> make, CancellationToken stop)
    {
        try
        {
            return make();
        }
        catch (IncidentException failure) when (failure.Kind == FailureKind.NothingToDo)
        {
            Settle(stop);
            throw;
        }
    }

    /// <summary>Finds out what became of changes whose answer was lost, unless nothing is to be written.</summary>
    public void Settle(CancellationToken stop)
    {
        if (!_asked.PlanOnly && _asked.PlanPath is null && !Confirmation.IsWhatIf(_cmdlet))
        {
            EngineDoor.Ask(engine => SettleAsync(engine.Mitigations, stop)).GetAwaiter().GetResult();
        }
    }

    private static async Task SettleAsync(IMitigations mitigations, CancellationToken stop)
    {
        try
        {
            await foreach (var _ in mitigations.SettleAsync(new(), stop))
            {
            }
        }
        catch (IncidentException)
        {
            // The operator asked for something else; Resolve-Mitigation says why it cannot be told.
        }
    }

    /// <summary>Asks for, applies and reports a plan; true when it was applied. With -PlanOnly and -PlanPath the plan itself is all that is written.</summary>
    public bool Carry(MitigationPlan plan, ApplyOptions options, Action<MitigationResult> onResult, CancellationToken stop)
    {
        if (Agreed([plan], options, stop).Count == 0)
        {
            return false;
        }

        var progress = new MitigationProgressBar(_cmdlet, plan);
        try
        {
            _stream(engine => engine.Mitigations.ApplyAsync(plan, options with { BreakGlass = _asked.BreakGlass }, stop), step => Report(progress, step, onResult));
        }
        finally
        {
            progress.Complete();
        }

        return true;
    }

    /// <summary>
    /// Plans all that was asked for, the same thing once. Each plan is asked for; what is agreed to runs at the same time. One that fails does not hide the others: their results are
    /// written, and the failure at the end names it.
    /// </summary>
    public void CarryAll(
        IReadOnlyList<MitigationRequest> requests,
        ApplyOptions options,
        Action<Func<IEngine, IAsyncEnumerable<MitigationStep>>, Action<MitigationStep>> stream,
        Action<MitigationResult> onResult,
        CancellationToken stop)
    {
        if (requests.Count == 0)
        {
            return;
        }

        var plans = Make(() => EngineDoor.Await(engine => engine.Mitigations.PlanAllAsync([.. requests.Distinct()], stop)), stop);
        var agreed = Agreed(plans, options, stop);
        if (agreed.Count == 0)
        {
            return;
        }

        var progress = agreed.ToDictionary(plan => plan.Id, plan => new MitigationProgressBar(_cmdlet, plan), StringComparer.Ordinal);
        var failed = new List<(MitigationPlan Plan, IncidentException Failure)>();
        try
        {
            stream(engine => engine.Mitigations.ApplyAllAsync(agreed, options with { BreakGlass = _asked.BreakGlass }, stop), step =>
            {
                if (step.Failure is { } failure)
                {
                    failed.Add((step.Plan, failure));
                    progress[step.Plan.Id].Complete();
                }
                else
                {
                    Report(progress[step.Plan.Id], step.Progress!, onResult);
                }
            });
        }
        finally
        {
            foreach (var bar in progress.Values)
            {
                bar.Complete();
            }
        }

        RefuseToCallItDone(failed, agreed.Count);
    }

    private static void Report(MitigationProgressBar progress, MitigationProgress step, Action<MitigationResult> onResult)
    {
        progress.Show(step);
        if (step.Result is { } result)
        {
            onResult(result);
        }
    }

    /// <summary>Of the plans those that were said yes to; none where they are only to be written.</summary>
    private List<MitigationPlan> Agreed(IReadOnlyList<MitigationPlan> plans, ApplyOptions options, CancellationToken stop)
    {
        if (plans.Count > 1 && _asked.PlanPath is { } path && !Directory.Exists(FilePlace.Of(_cmdlet, path, "No plan was written")))
        {
            throw new IncidentException(
                FailureKind.PathInvalid, $"There are {plans.Count} plans, and {path} holds one; none was written.", path, advice: "Name a folder that is there: each plan gets a file of its own.");
        }

        var agreed = new List<MitigationPlan>();
        foreach (var plan in plans)
        {
            if (_asked.PlanOnly || _asked.PlanPath is not null)
            {
                WriteOnly(plan, options.WithoutJournal, stop);
                continue;
            }

            Announce(plan, plans.Count > 1);
            if (!Confirmation.IsGiven(_cmdlet, plan.Describe(), plan.Describe()))
            {
                continue;
            }

            if (_asked.BreakGlass is not null)
            {
                _cmdlet.WriteWarning($"Break-glass: where the runbook asks for a second person, {plan.Id} goes on without, and the record says so.");
            }

            agreed.Add(plan);
        }

        return agreed;
    }

    /// <summary>What is to be known before the question. Under -WhatIf the plan itself says it, and nothing is refused.</summary>
    private void Announce(MitigationPlan plan, bool isOneOfSeveral)
    {
        if (Confirmation.IsWhatIf(_cmdlet))
        {
            return;
        }

        // Refused where the request leaves, too; but nobody shall be asked for a yes that counts for nothing.
        if (EngineDoor.Ask(engine => engine.Safety.Get()) is { Mode: SafetyMode.ReadOnly } safety)
        {
            throw new IncidentException(FailureKind.ReadOnlyMode, $"Nothing was changed: this process is read-only, by {safety.SetBy}.", plan.Target);
        }

        foreach (var warning in plan.Warnings)
        {
            _cmdlet.WriteWarning(isOneOfSeveral ? $"{plan.Target}: {warning}" : warning);
        }
    }

    private static void RefuseToCallItDone(List<(MitigationPlan Plan, IncidentException Failure)> failed, int of)
    {
        if (failed.Count == 0)
        {
            return;
        }

        // What nobody knows is worse than what is known to have failed.
        var (_, worst) = failed.Find(entry => entry.Failure.Kind == FailureKind.OutcomeUnknown) is { Failure: not null } unknown ? unknown : failed[0];
        throw of == 1 ? worst : new IncidentException(
            worst.Kind,
            $"{failed.Count} of {of} failed. {string.Join(" ", failed.Select(entry => $"{entry.Plan.Target} ({entry.Plan.Id}): {entry.Failure.Message}"))}",
            failed.Select(entry => entry.Plan.Id).ToArray(),
            advice: worst.Advice);
    }

    private void WriteOnly(MitigationPlan plan, bool overwrite, CancellationToken stop)
    {
        if (_asked.PlanPath is { } path)
        {
            var target = FilePlace.Of(_cmdlet, path, "No plan was written");
            // No question: a plan on disk changes nothing, and its name was typed for it.
            if (Confirmation.IsWhatIf(_cmdlet))
            {
                _cmdlet.ShouldProcess($"Write the plan to {target}: {plan.Describe()}", "", "");
                return;
            }

            var file = EngineDoor.Await(engine => engine.Mitigations.SavePlanAsync(plan, target, overwrite, stop));
            var saved = new PSObject(plan);
            saved.Properties.Add(new PSNoteProperty("Path", file));
            _cmdlet.WriteObject(saved);
            return;
        }

        _cmdlet.WriteObject(plan);
    }
}
