using System.Text.Json.Nodes;

namespace MalariaIncident;

/// <summary>Kinds of change to the world.</summary>
public enum MitigationKind
{
    /// <summary>A deployment goes back to an earlier ReplicaSet's template.</summary>
    Rollback,
    /// <summary>Features off, replicas down.</summary>
    Degradation,
    /// <summary>Queries cancelled, backends terminated.</summary>
    QueryStop,
    /// <summary>More or fewer replicas.</summary>
    Scale,
    /// <summary>Other limits of one container.</summary>
    ResourceLimit,
    /// <summary>A service leads to the other of its two slots.</summary>
    SlotSwitch,
    /// <summary>Every pod of a deployment is replaced by a new one of the same template.</summary>
    Restart,
    /// <summary>A pooler opens new server connections in place of those it has, or reads its configuration again.</summary>
    PoolReset,
    /// <summary>A pooler holds back what its clients send.</summary>
    PoolSuspension,
    /// <summary>A pooler lets its clients go on.</summary>
    PoolResumption,
}

/// <summary>One difference a plan will make.</summary>
/// <param name="Object">What changes: <c>deployment/malaria-predictor-api</c>, <c>backend 4711</c>.</param>
/// <param name="Field">Which part of it: <c>image of container api</c>.</param>
/// <param name="Before">Value now; null when absent.</param>
/// <param name="After">Value afterwards; null when removed.</param>
public sealed record PlannedChange(string Object, string Field, string? Before, string? After)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Object}: {Field}: {Before ?? "(none)"} → {After ?? "(none)"}";
}

/// <summary>
/// Exactly what a mitigation will do, and under which precondition. <c>-WhatIf</c> and the confirmation show it;
/// applying it sends what stands in <see cref="Instructions"/> and nothing else.
/// </summary>
public sealed record MitigationPlan
{
    /// <summary>Mitigation id, <c>MIT-</c> and 8 characters; the journal's entries carry it.</summary>
    public required string Id { get; init; }
    /// <summary>Incident id, if any.</summary>
    public string? Incident { get; init; }
    /// <summary>Environment name, if any.</summary>
    public string? Environment { get; init; }
    /// <summary>Kind of change.</summary>
    public required MitigationKind Kind { get; init; }
    /// <summary>The object that is changed, with the place it is in.</summary>
    public required string Target { get; init; }
    /// <summary>What will be done, in one sentence in the imperative.</summary>
    public required string Summary { get; init; }
    /// <summary>Every difference it will make.</summary>
    public IReadOnlyList<PlannedChange> Changes { get; init; } = [];
    /// <summary>Why this and not something else.</summary>
    public IReadOnlyList<string> Reasons { get; init; } = [];
    /// <summary>What must still be true when it is applied.</summary>
    public IReadOnlyList<string> Preconditions { get; init; } = [];
    /// <summary>What the operator should know before saying yes.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
    /// <summary>What else feels it: pods restarted, sessions ended.</summary>
    public string? BlastRadius { get; init; }
    /// <summary>How it is undone; null when it cannot be.</summary>
    public string? Undo { get; init; }
    /// <summary>Set when this plan undoes an earlier mitigation.</summary>
    public string? Undoes { get; init; }
    /// <summary>True for a change that is meant to end: an incident is not closed over it unless it is kept by name and with a reason.</summary>
    public bool Temporary { get; init; }
    /// <summary>Who made the plan.</summary>
    public string? PlannedBy { get; init; }
    /// <summary>When the plan was made (UTC).</summary>
    public DateTimeOffset? PlannedAt { get; init; }
    /// <summary>
    /// <c>sha256:</c> and 64 hex digits over everything that the plan will do, and where, and who planned it; not over its deadline and the
    /// way to the cluster or database. An approval names it, and a plan whose content gives another one is refused.
    /// </summary>
    public string? Digest { get; init; }
    /// <summary>Deadline for following and verifying.</summary>
    public required TimeSpan Deadline { get; init; }
    /// <summary>For the act that made the plan: what to send, what it replaces. Holds no secret.</summary>
    public required JsonObject Instructions { get; init; }
    /// <summary>Where it works; secrets only as references.</summary>
    public required Scope Scope { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Describe();

    /// <summary>The plan in a few lines, as -WhatIf and the confirmation show it.</summary>
    public string Describe()
    {
        var lines = new List<string> { $"{Summary} [{Target}]" };
        lines.AddRange(Changes.Select(change => $"  {change}"));
        lines.AddRange(Reasons.Select(reason => $"  why: {reason}"));
        lines.AddRange(Preconditions.Select(condition => $"  only if: {condition}"));
        lines.AddRange(Warnings.Select(warning => $"  warning: {warning}"));
        if (BlastRadius is not null)
        {
            lines.Add($"  affects: {BlastRadius}");
        }

        lines.Add(Undo is null ? "  undo: not possible" : $"  undo: {Undo}");
        return string.Join(System.Environment.NewLine, lines);
    }
}
