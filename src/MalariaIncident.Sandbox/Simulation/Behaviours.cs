using k8s.Models;

namespace MalariaIncident.Sandbox.Simulation;

/// <summary>What a container does once it is scheduled.</summary>
internal sealed record Behaviour
{
    public required TimeSpan Ready { get; init; }
    public bool PullFails { get; init; }
    public bool NeverReady { get; init; }
    /// <summary>When it ends by itself, counted from its start; null for never.</summary>
    public TimeSpan? EndsAfter { get; init; }
    /// <summary>How long the first run lasts where it differs: such a release becomes ready once, and only then begins to crash.</summary>
    public TimeSpan? FirstEndsAfter { get; init; }
    public int ExitCode { get; init; } = 1;
    public string EndReason { get; init; } = "Error";
}

/// <summary>
/// Behaviour by image tag: a release known to be bad, or any tag with one of the words <c>crash</c>, <c>oom</c>, <c>imagepull</c>,
/// <c>notready</c>, <c>slow</c> in it. Faults put their own rule before these.
/// </summary>
internal sealed class Behaviours(Pace pace)
{
    public const string BadTag = "1.5.0";
    public const string HungryTag = "1.5.2";
    /// <summary>What the hungry release needs; a limit below it ends in OOMKilled.</summary>
    public const long HungryBytes = 3L << 30;

    private readonly Dictionary<string, Func<V1Pod, V1Container, Behaviour?>> _rules = new(StringComparer.Ordinal);

    public void Set(string fault, Func<V1Pod, V1Container, Behaviour?> rule)
    {
        lock (_rules) _rules[fault] = rule;
    }

    public void Clear(string fault)
    {
        lock (_rules) _rules.Remove(fault);
    }

    public Behaviour Healthy => new() { Ready = pace.Ready };
    public Behaviour Crashing => new() { Ready = pace.Ready, NeverReady = true, EndsAfter = pace.Crash };

    public Behaviour Of(V1Pod pod, V1Container container)
    {
        lock (_rules)
            foreach (var rule in _rules.Values)
                if (rule(pod, container) is { } ruled) return ruled;
        var tag = container.Image.Split('/')[^1] is var file && file.Contains(':', StringComparison.Ordinal) ? file.Split(':', 2)[1] : "latest";
        return tag switch
        {
            // Passes its rollout and fails in service, which is what makes a release an incident.
            BadTag => Crashing with { FirstEndsAfter = pace.BadReleaseServes },
            HungryTag => Limit(container) < HungryBytes ? OutOfMemory : Healthy,
            _ when Says("crash") => Crashing,
            _ when Says("oom") => OutOfMemory,
            _ when Says("imagepull") => Healthy with { PullFails = true },
            _ when Says("notready") => Healthy with { NeverReady = true },
            _ when Says("slow") => Healthy with { Ready = pace.SlowReady },
            _ => Healthy,
        };
        bool Says(string word) => tag.Contains(word, StringComparison.Ordinal);
    }

    private Behaviour OutOfMemory => new() { Ready = pace.Ready, EndsAfter = TimeSpan.FromSeconds(20), ExitCode = 137, EndReason = "OOMKilled" };

    private static decimal Limit(V1Container container) =>
        container.Resources?.Limits?.TryGetValue("memory", out var limit) == true ? limit.ToDecimal() : decimal.MaxValue;
}
