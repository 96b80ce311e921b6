namespace MalariaIncident;

/// <summary>How bad a finding is.</summary>
public enum FindingSeverity
{
    /// <summary>Users feel it, or will within minutes.</summary>
    Critical,
    /// <summary>Something is wrong that users may not feel yet.</summary>
    Warning,
    /// <summary>Worth knowing.</summary>
    Information,
}

/// <summary>One thing that is not as it should be, with the evidence and the command that would act on it.</summary>
public sealed record HealthFinding
{
    /// <summary>Incident id, if any.</summary>
    public string? Incident { get; init; }
    /// <summary>Environment name, if any.</summary>
    public string? Environment { get; init; }
    /// <summary>Kubeconfig context of the cluster it was found in.</summary>
    public string? Context { get; init; }
    /// <summary>Kubeconfig file, where one was typed: the next step of a pipeline must not meet another cluster of the same context name.</summary>
    public string? KubeConfig { get; init; }
    /// <summary>How bad.</summary>
    public required FindingSeverity Severity { get; init; }
    /// <summary>Kind of object: Pod, Node, Deployment, Service …</summary>
    public required string ObjectKind { get; init; }
    /// <summary>Namespace; null for nodes.</summary>
    public string? Namespace { get; init; }
    /// <summary>Name of the object.</summary>
    public required string Name { get; init; }
    /// <summary>Deployment that owns the object, where that is known.</summary>
    public string? Deployment { get; init; }
    /// <summary>Reason in Kubernetes' own word: CrashLoopBackOff, ImagePullBackOff, OOMKilled, NotReady …</summary>
    public required string Reason { get; init; }
    /// <summary>What was seen, in a sentence.</summary>
    public required string Message { get; init; }
    /// <summary>Last log lines, events, conditions; control characters removed.</summary>
    public IReadOnlyList<string> Evidence { get; init; } = [];
    /// <summary>A command that would act on it, ready to run; null where none of ours does.</summary>
    public string? Suggestion { get; init; }

    /// <summary>In one line, for lists and messages.</summary>
    public override string ToString() => $"{Severity} {Reason}: {ObjectKind} {(Namespace is null ? "" : $"{Namespace}/")}{Name}: {Message}";
}

/// <summary>A node with its usage.</summary>
public sealed record NodeHealth
{
    /// <summary>Name.</summary>
    public required string Name { get; init; }
    /// <summary>True when the Ready condition is True.</summary>
    public required bool Ready { get; init; }
    /// <summary>Status as kubectl prints it: <c>Ready,SchedulingDisabled</c>.</summary>
    public required string Status { get; init; }
    /// <summary>CPU used, in cores; null without metrics.</summary>
    public double? CpuCores { get; init; }
    /// <summary>Memory used, in bytes; null without metrics.</summary>
    public long? MemoryBytes { get; init; }

    /// <summary>In one line, for lists and messages.</summary>
    public override string ToString() => $"{Name}: {Status}";
}

/// <summary>Nodes, pods and what is wrong with them, at one moment.</summary>
public sealed record ClusterHealth
{
    /// <summary>Incident id, if any.</summary>
    public string? Incident { get; init; }
    /// <summary>Environment name, if any.</summary>
    public string? Environment { get; init; }
    /// <summary>Kubeconfig context that was read.</summary>
    public required string Context { get; init; }
    /// <summary>Kubeconfig file, where one was typed: the next step of a pipeline must not meet another cluster of the same context name.</summary>
    public string? KubeConfig { get; init; }
    /// <summary>Namespace of the environment's workload (what the next step of a pipeline acts on); null when none is named.</summary>
    public string? Namespace { get; init; }
    /// <summary>Deployment of the environment (what the next step of a pipeline acts on); null when none is named.</summary>
    public string? Deployment { get; init; }
    /// <summary>UTC.</summary>
    public required DateTimeOffset Time { get; init; }
    /// <summary>False when there is a critical finding, and when the cluster could not be read anew.</summary>
    public bool Healthy => Failure is null && Findings.All(finding => finding.Severity != FindingSeverity.Critical);
    /// <summary>Nodes seen.</summary>
    public required int Nodes { get; init; }
    /// <summary>Nodes that are ready.</summary>
    public required int ReadyNodes { get; init; }
    /// <summary>Pods seen.</summary>
    public required int Pods { get; init; }
    /// <summary>Pods that are ready or completed.</summary>
    public required int ReadyPods { get; init; }
    /// <summary>Pods that are neither.</summary>
    public int UnhealthyPods => Pods - ReadyPods;
    /// <summary>CPU used by all nodes, in cores; null without metrics.</summary>
    public double? CpuCores { get; init; }
    /// <summary>Memory used by all nodes, in bytes; null without metrics.</summary>
    public long? MemoryBytes { get; init; }
    /// <summary>Nodes with their usage, unhealthy first.</summary>
    public IReadOnlyList<NodeHealth> NodeList { get; init; } = [];
    /// <summary>What is wrong, worst first.</summary>
    public IReadOnlyList<HealthFinding> Findings { get; init; } = [];
    /// <summary>What could not be read, and how fresh the answer is.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
    /// <summary>How long reading took.</summary>
    public TimeSpan Elapsed { get; init; }
    /// <summary>Which look of a watch this is, from 1; null where it was looked once.</summary>
    public int? Look { get; init; }
    /// <summary>Why there is no newer picture; null where this one is new. Everything else is then as it was at <see cref="Time"/>.</summary>
    public string? Failure { get; init; }
    /// <summary>How old the picture is.</summary>
    public TimeSpan Age { get; init; }

    /// <summary>The summary and the findings in lines, alike ones together, as a person at a prompt wants to see them.</summary>
    public string Describe() => HealthText.Of(this, int.MaxValue);

    /// <summary>The same for a terminal of a width: what is longer goes on below its beginning.</summary>
    public string Describe(int width) => HealthText.Of(this, width);

    /// <summary>The same in at most so many lines: the worst is what is left.</summary>
    public string Describe(int width, int height) => HealthText.Of(this, width, height);
}
