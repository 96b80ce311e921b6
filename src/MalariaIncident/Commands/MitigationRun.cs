using System.Management.Automation;

namespace MalariaIncident.Commands;

/// <summary>
/// How every changing command ends: show the plan, ask, apply, report. A command that changes the world makes a plan with
/// <see cref="IMitigations.PlanAsync"/> and calls <see cref="Carry"/>; nothing else in this assembly applies anything.
/// </summary>
internal sealed class MitigationRun
{
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromMilliseconds(200);

    private readonly PSCmdlet _cmdlet;
    private readonly Action<IAsyncEnumerable<MitigationProgress>, Action<MitigationProgress>> _stream;
    private long _lastProgress;
    private MitigationPhase? _lastPhase;

    /// <param name="cmdlet">The command, for ShouldProcess and progress.</param>
    /// <param name="stream">The command's own Stream method: waits on the pipeline thread, ends with it.</param>
    public MitigationRun(PSCmdlet cmdlet, Action<IAsyncEnumerable<MitigationProgress>, Action<MitigationProgress>> stream)
    {
        _cmdlet = cmdlet;
        _stream = stream;
    }

    /// <summary>Asks for, applies and reports a plan; true when it was applied.</summary>
    public bool Carry(IMitigations mitigations, MitigationPlan plan, ApplyOptions options, Action<MitigationResult> onResult, CancellationToken stop)
    {
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
            _stream(mitigations.ApplyAsync(plan, options, stop), step =>
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
