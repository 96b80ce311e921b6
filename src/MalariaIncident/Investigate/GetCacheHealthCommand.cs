using System.Management.Automation;
using MalariaIncident.Commands;

namespace MalariaIncident.Investigate;

/// <summary>Says whether a Redis cache is well, beyond its PONG.</summary>
[Cmdlet(VerbsCommon.Get, "CacheHealth")]
[OutputType(typeof(CacheHealth))]
public sealed class GetCacheHealthCommand : ScopedCmdlet
{
    /// <summary>StackExchange.Redis form, redis:// URL, or a reference.</summary>
    [Parameter(Position = 0)]
    public string? ConnectionString { get; set; }

    /// <summary>Look for big keys.</summary>
    [Parameter]
    public SwitchParameter BigKeys { get; set; }

    /// <summary>At most this many keys are measured.</summary>
    [Parameter]
    [ValidateRange(1, 1_000_000)]
    public int MaximumKeys { get; set; } = 10_000;

    /// <summary>How long the counters are watched; 0 reads them once.</summary>
    [Parameter]
    [ValidateRange(0, 60)]
    public double SampleSeconds { get; set; } = 1;

    /// <summary>A replica is meant.</summary>
    [Parameter]
    public SwitchParameter AllowReplica { get; set; }

    /// <inheritdoc/>
    protected override Scope Scope => base.Scope with { ConnectionString = ConnectionString };

    /// <inheritdoc/>
    protected override void Process() => WriteStream(engine => engine.Caches.GetHealthAsync(
        Scope,
        new() { Sample = TimeSpan.FromSeconds(SampleSeconds), BigKeys = BigKeys, MaximumKeys = MaximumKeys, AllowReplica = AllowReplica },
        StopToken));
}
