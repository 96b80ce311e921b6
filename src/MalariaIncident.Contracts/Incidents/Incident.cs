namespace MalariaIncident;

/// <summary>Severity, highest first: P0 compares below P1.</summary>
public enum Severity
{
    /// <summary>Critical.</summary>
    P0,
    /// <summary>High.</summary>
    P1,
    /// <summary>Medium.</summary>
    P2,
    /// <summary>Low.</summary>
    P3,
}

/// <summary>Where an incident stands, in the words of a status page.</summary>
public enum IncidentStatus
{
    /// <summary>Declared; the cause is not known.</summary>
    Investigating,
    /// <summary>The cause is known.</summary>
    Identified,
    /// <summary>Mitigated and being watched.</summary>
    Monitoring,
    /// <summary>Users are served again.</summary>
    Resolved,
    /// <summary>The record is finished; only reports and reviews are added.</summary>
    Closed,
}

/// <summary>One incident as its journal tells it at the moment of reading. All times UTC.</summary>
public sealed record Incident
{
    /// <summary>A number people can say aloud: <c>INC-2026-0042</c>.</summary>
    public required string Id { get; init; }

    /// <summary>Same as <see cref="Id"/>; binds to <c>-Incident</c> down a pipeline.</summary>
    public string IncidentId => Id;

    /// <summary>What is wrong, in the words of who declared it.</summary>
    public required string Title { get; init; }

    /// <summary>Severity now.</summary>
    public required Severity Severity { get; init; }

    /// <summary>Criteria of the runbook that gave the severity; empty when it was set by hand.</summary>
    public IReadOnlyList<string> Criteria { get; init; } = [];

    /// <summary>Where it stands.</summary>
    public required IncidentStatus Status { get; init; }

    /// <summary>Name in the environment file, if one was given.</summary>
    public string? Environment { get; init; }

    /// <summary>When users began to be affected; the declaration's time unless said otherwise.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When it was declared.</summary>
    public required DateTimeOffset DeclaredAt { get; init; }

    /// <summary>When someone first acted on it after the declaration.</summary>
    public DateTimeOffset? AcknowledgedAt { get; init; }

    /// <summary>When users were served again.</summary>
    public DateTimeOffset? ResolvedAt { get; init; }

    /// <summary>When the record was closed.</summary>
    public DateTimeOffset? ClosedAt { get; init; }

    /// <summary>Who declared it.</summary>
    public required string DeclaredBy { get; init; }

    /// <summary>Roles taken: role name to person.</summary>
    public IReadOnlyDictionary<string, string> Roles { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Share of users affected in percent, if known.</summary>
    public double? UsersAffected { get; init; }

    /// <summary>Services affected, as named by the operator.</summary>
    public IReadOnlyList<string> ServicesAffected { get; init; } = [];

    /// <summary>Root cause, once someone wrote it down.</summary>
    public string? RootCause { get; init; }

    /// <summary>When the runbook's response time ends (declared + response time).</summary>
    public DateTimeOffset? RespondBy { get; init; }

    /// <summary>When the runbook's resolution target ends.</summary>
    public DateTimeOffset? ResolveBy { get; init; }

    /// <summary>Sequence of the last event that this view contains.</summary>
    public required long LastSequence { get; init; }
}
