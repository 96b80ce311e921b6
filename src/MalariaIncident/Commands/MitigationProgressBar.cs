using System.Management.Automation;

namespace MalariaIncident.Commands;

/// <summary>The progress of one mitigation on the screen, as often as an eye can follow.</summary>
internal sealed class MitigationProgressBar(PSCmdlet cmdlet, MitigationPlan plan)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    private readonly ProgressRecord _record = new(Math.Abs(StringComparer.Ordinal.GetHashCode(plan.Id)), plan.Summary, plan.Target);
    private long _last;
    private MitigationPhase? _lastPhase;

    public void Show(MitigationProgress step)
    {
        // A new phase is always shown: it may be the last that is heard for a long time.
        if (step.Phase == _lastPhase && TimeProvider.System.GetElapsedTime(_last) < Interval)
        {
            return;
        }

        _lastPhase = step.Phase;
        _last = TimeProvider.System.GetTimestamp();
        _record.StatusDescription = step.Activity.Length == 0 ? step.Phase.ToString() : step.Activity;
        _record.PercentComplete = step.Percent ?? -1;
        cmdlet.WriteProgress(_record);
    }

    public void Complete()
    {
        _record.RecordType = ProgressRecordType.Completed;
        cmdlet.WriteProgress(_record);
    }
}
