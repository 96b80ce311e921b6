using System.Management.Automation;
using MalariaIncident.Commands;
using MalariaIncident.Completion;

namespace MalariaIncident.Investigate;

/// <summary>Asks the application's health addresses, and judges status, body, latency and certificate.</summary>
[Cmdlet(VerbsDiagnostic.Test, "ServiceHealth")]
[OutputType(typeof(ServiceHealth), typeof(bool))]
public sealed class TestServiceHealthCommand : ScopedCmdlet
{
    // Null until something was asked: an empty pipeline has found nothing healthy.
    private bool? _healthy;

    /// <summary>Addresses to ask instead of the environment's.</summary>
    [Parameter(Position = 0)]
    [Alias("Uri")]
    [ValidateNotNullOrEmpty]
    public string[] Address { get; set; } = [];

    /// <summary>Names in the environment file; several are asked one after the other.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(EnvironmentCompleter))]
    public new string[] Environment { get; set => field = value ?? []; } = [];

    /// <summary>Probes per address; all must be healthy.</summary>
    [Parameter]
    [ValidateRange(1, 1000)]
    public int Count { get; set; } = 3;

    /// <summary>Pause between the probes of one address.</summary>
    [Parameter]
    [ValidateRange(0, 3_600_000)]
    public int IntervalMilliseconds { get; set; } = 500;

    /// <summary>Write only true or false, for if.</summary>
    [Parameter]
    public SwitchParameter Quiet { get; set; }

    /// <inheritdoc/>
    protected override object? Subject => Address.Length > 0 ? Address : Environment;

    /// <inheritdoc/>
    protected override void Process()
    {
        var options = new ProbeOptions { Addresses = Address, Count = Count, Interval = TimeSpan.FromMilliseconds(IntervalMilliseconds) };
        foreach (var environment in Environment.Distinct(StringComparer.OrdinalIgnoreCase).DefaultIfEmpty())
        {
            Stream(engine => engine.Services.TestHealthAsync(Scope with { Environment = environment }, options, StopToken), health =>
            {
                _healthy = _healthy != false && health.Healthy;
                if (!Quiet)
                {
                    WriteObject(health);
                }
            });
        }
    }

    /// <inheritdoc/>
    protected override void Finish()
    {
        if (Quiet)
        {
            WriteObject(_healthy == true);
        }
    }
}
