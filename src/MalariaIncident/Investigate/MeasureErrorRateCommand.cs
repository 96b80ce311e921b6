using System.Management.Automation;
using MalariaIncident.Commands;

namespace MalariaIncident.Investigate;

/// <summary>Counts the errors in the logs of all pods, against the time before.</summary>
[Cmdlet(VerbsDiagnostic.Measure, "ErrorRate")]
[OutputType(typeof(ErrorRate))]
public sealed class MeasureErrorRateCommand : LogCmdlet
{
    /// <summary>The time up to now that is counted; 10 minutes when left away.</summary>
    [Parameter]
    [Duration]
    public TimeSpan Window { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>The time before that it is held against; an hour when left away, zero for nothing.</summary>
    [Parameter]
    [Duration]
    public TimeSpan Baseline { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How many times the baseline's rate still counts as normal.</summary>
    [Parameter]
    [ValidateRange(1.0, 1000.0)]
    public double Tolerance { get; set; } = 1.5;

    /// <summary>Lines of this level and above are errors.</summary>
    [Parameter]
    public LogLevel MinimumLevel { get; set; } = LogLevel.Error;

    /// <summary>Messages to list.</summary>
    [Parameter]
    [ValidateRange(0, 1000)]
    public int Top { get; set; } = 10;

    /// <inheritdoc/>
    protected override void Process()
    {
        var rate = Await(engine => engine.Logs.MeasureErrorsAsync(
            Scope,
            new ErrorRateOptions { Window = Window, Baseline = Baseline, Tolerance = Tolerance, MinimumLevel = MinimumLevel, Containers = Container, Top = Top },
            StopToken));
        foreach (var note in rate.Notes)
        {
            WriteWarning(note);
        }

        WriteObject(rate);
    }
}
