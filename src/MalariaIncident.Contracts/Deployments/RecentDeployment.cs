namespace MalariaIncident;

/// <summary>One change of what runs: a rollout with the run that made it, a rollout alone, or a run that is not seen in the cluster.</summary>
public sealed record RecentDeployment
{
    /// <summary>Incident id, if any.</summary>
    public string? Incident { get; init; }
    /// <summary>Environment name, if any.</summary>
    public string? Environment { get; init; }
    /// <summary>Namespace; null for a run without rollout.</summary>
    public string? Namespace { get; init; }
    /// <summary>Deployment; null for a run without rollout.</summary>
    public string? Deployment { get; init; }
    /// <summary>When it happened (UTC): the rollout's, else the end of the run. Of a revision that was put back, the earliest time it can have been.</summary>
    public required DateTimeOffset Time { get; init; }
    /// <summary>True for what the cluster runs now, whatever a workflow says.</summary>
    public bool Live { get; init; }
    /// <summary>True when it happened shortly before the incident began.</summary>
    public bool Suspect { get; init; }
    /// <summary>How long before the incident began; negative after it, null without an incident.</summary>
    public TimeSpan? BeforeIncident { get; init; }
    /// <summary>True for an older revision that was put back (a rollback).</summary>
    public bool PutBack { get; init; }
    /// <summary>Revision of the rollout; null for a run without one.</summary>
    public long? Revision { get; init; }
    /// <summary>Image of the application's container; null for a run without rollout.</summary>
    public string? Image { get; init; }
    /// <summary>The change-cause annotation, if the team writes it.</summary>
    public string? Cause { get; init; }
    /// <summary>Commit of the run; null where no run was found.</summary>
    public string? Commit { get; init; }
    /// <summary>Branch or tag of the run.</summary>
    public string? Branch { get; init; }
    /// <summary>What the run is called: usually the commit's first line.</summary>
    public string? Title { get; init; }
    /// <summary>Who started the run.</summary>
    public string? Actor { get; init; }
    /// <summary>Number of the run; null where no run was found.</summary>
    public long? Run { get; init; }
    /// <summary>success, failure, cancelled …; the status (in_progress …) of one that has not ended.</summary>
    public string? RunResult { get; init; }
    /// <summary>Page of the run.</summary>
    public string? Link { get; init; }
    /// <summary>What it is to the incident, in a sentence.</summary>
    public required string Verdict { get; init; }
}
