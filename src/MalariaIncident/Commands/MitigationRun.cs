using System.Management.Automation;

namespace MalariaIncident.Commands;

/// <summary>
/// How every changing command ends: show the plan, ask, apply, report. A command that changes the world makes a plan with
/// <see cref="Choose"/> and calls <see cref="Carry"/>; nothing else in this assembly applies anything.
/// </summary>
internal sealed class MitigationRun
{
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromMilliseconds(200);

    /// <summary>What may stand beside -Plan: the way to the object, how long to wait, what is asked. Everything else is the plan's to say.</summary>
    private static readonly HashSet<string> BesidePlan = new(
        ["Plan", "BreakGlass", "KubeConfig", "Context", "ConnectionString", "TimeoutSeconds", "Wait", "NoWait", "Force", "WhatIf", "Confirm", .. PSCmdlet.CommonParameters],
        StringComparer.OrdinalIgnoreCase);

    private readonly PSCmdlet _cmdlet;
    private readonly IPlanningCommand _asked;
    private readonly Action<IAsyncEnumerable<MitigationProgress>, Action<MitigationProgress>> _stream;
    private long _lastProgress;
    private MitigationPhase? _lastPhase;

    /// <param name="cmdlet">The command, for ShouldProcess and progress.</param>
    /// <param name="asked">The same command: whether to plan only, or to carry out a plan.</param>
    /// <param name="stream">The command's own Stream method: waits on the pipeline thread, ends with it.</param>
    private MitigationRun(PSCmdlet cmdlet, IPlanningCommand asked, Action<IAsyncEnumerable<MitigationProgress>, Action<MitigationProgress>> stream)
    {
        _cmdlet = cmdlet;
        _asked = asked;
        _stream = stream;
    }

    /// <summary>The run of one command.</summary>
    public static MitigationRun Of<T>(T command, Action<IAsyncEnumerable<MitigationProgress>, Action<MitigationProgress>> stream)
        where T : PSCmdlet, IPlanningCommand => new(command, command, stream);

    /// <summary>The plan that was given with -Plan, to be reached by the way this command names; else the one that <paramref name="make"/> makes.</summary>
    /// <param name="mitigations">Reads the plan's file.</param>
    /// <param name="fits">Whether a given plan is one for this command.</param>
    /// <param name="way">What this command was told of the way to the object.</param>
    /// <param name="make">Makes a new plan.</param>
    /// <param name="stop">Ctrl+C.</param>
    public MitigationPlan Choose(IMitigations mitigations, Func<MitigationPlan, bool> fits, Scope way, Func<MitigationPlan> make, CancellationToken stop)
    {
        if (_asked.Plan is not { } source)
        {
            return make();
        }

        var contradiction = _cmdlet.MyInvocation.BoundParameters.Keys.FirstOrDefault(name => !BesidePlan.Contains(name));
        if (contradiction is not null)
        {
            throw new IncidentException(
                FailureKind.ArgumentInvalid, $"-{contradiction} has no place beside -Plan: the plan says what is done, and it is carried out as it is.", source.ToString(), advice: $"Leave -{contradiction} away, or make a new plan with it.");
        }

        var plan = source.Read(_cmdlet, mitigations, stop);
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

    /// <summary>Asks for, applies and reports a plan; true when it was applied. With -PlanOnly and -PlanPath the plan itself is all that is written.</summary>
    public bool Carry(IMitigations mitigations, MitigationPlan plan, ApplyOptions options, Action<MitigationResult> onResult, CancellationToken stop)
    {
        if (_asked.PlanOnly || _asked.PlanPath is not null)
        {
            WriteOnly(mitigations, plan, options.WithoutJournal, stop);
            return false;
        }

        foreach (var warning in plan.Warnings)
        {
            _cmdlet.WriteWarning(warning);
        }

        if (!Confirmation.IsGiven(_cmdlet, plan.Describe(), plan.Describe()))
        {
            return false;
        }

        var record = new ProgressRecord(Math.Abs(StringComparer.Ordinal.GetHashCode(plan.Id)), plan.Summary, plan.Target);
        try
        {
            if (_asked.BreakGlass is not null)
            {
                _cmdlet.WriteWarning($"Break-glass: where the runbook asks for a second person, {plan.Id} goes on without, and the record says so.");
            }

            _stream(mitigations.ApplyAsync(plan, options with { BreakGlass = _asked.BreakGlass }, stop), step =>
            {
                ShowProgress(record, step);
                if (step.Result is { } result)
                {
                    onResult(result);
                }
            });
        }
        finally
        {
            record.RecordType = ProgressRecordType.Completed;
            _cmdlet.WriteProgress(record);
        }

        return true;
    }

    private void WriteOnly(IMitigations mitigations, MitigationPlan plan, bool overwrite, CancellationToken stop)
    {
        if (_asked.PlanPath is { } path)
        {
            var target = _cmdlet.GetUnresolvedProviderPathFromPSPath(path);
            // No question: a plan on disk changes nothing, and its name was typed for it.
            if (Confirmation.IsWhatIf(_cmdlet))
            {
                _cmdlet.ShouldProcess($"Write the plan to {target}: {plan.Describe()}", "", "");
                return;
            }

            mitigations.SavePlanAsync(plan, target, overwrite, stop).GetAwaiter().GetResult();
        }

        _cmdlet.WriteObject(plan);
    }

    private void ShowProgress(ProgressRecord record, MitigationProgress step)
    {
        // A new phase is always shown: it may be the last that is heard for a long time.
        if (step.Phase == _lastPhase && TimeProvider.System.GetElapsedTime(_lastProgress) < ProgressInterval)
        {
            return;
        }

        _lastPhase = step.Phase;
        _lastProgress = TimeProvider.System.GetTimestamp();
        record.StatusDescription = step.Activity.Length == 0 ? step.Phase.ToString() : step.Activity;
        record.PercentComplete = step.Percent ?? -1;
        _cmdlet.WriteProgress(record);
    }
}
