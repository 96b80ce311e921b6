namespace MalariaIncident.Sandbox.Simulation;

/// <summary>How fast the simulated world is. The defaults keep a drill short; the back-offs are those of a real kubelet.</summary>
public sealed record Pace
{
    /// <summary>From scheduling to a running container.</summary>
    public TimeSpan Start { get; init; } = TimeSpan.FromMilliseconds(200);
    /// <summary>From running to ready.</summary>
    public TimeSpan Ready { get; init; } = TimeSpan.FromMilliseconds(300);
    /// <summary>From running to ready of a release that starts slowly.</summary>
    public TimeSpan SlowReady { get; init; } = TimeSpan.FromSeconds(45);
    /// <summary>From running to the crash of a container that crashes.</summary>
    public TimeSpan Crash { get; init; } = TimeSpan.FromMilliseconds(400);
    /// <summary>How long the bad release serves before it crashes for the first time.</summary>
    public TimeSpan BadReleaseServes { get; init; } = TimeSpan.FromSeconds(4);
    /// <summary>From the wish to end a pod to its end.</summary>
    public TimeSpan Termination { get; init; } = TimeSpan.FromMilliseconds(200);
    /// <summary>First back-off of a crashing container; doubles with every crash.</summary>
    public TimeSpan BackOff { get; init; } = TimeSpan.FromSeconds(10);
    /// <summary>Longest back-off.</summary>
    public TimeSpan LongestBackOff { get; init; } = TimeSpan.FromMinutes(5);
    /// <summary>How much slower pods start on a slow node.</summary>
    public double SlowNodeFactor { get; init; } = 40;
    /// <summary>From a node's silence to the eviction of its pods.</summary>
    public TimeSpan Eviction { get; init; } = TimeSpan.FromMinutes(5);
}
