namespace MalariaIncident;

/// <summary>Facts for a new incident.</summary>
public sealed record IncidentDeclaration
{
    /// <summary>What is wrong; not empty, at most 200 characters, one line.</summary>
    public required string Title { get; init; }

    /// <summary>Severity set by hand; null lets the facts decide.</summary>
    public Severity? Severity { get; init; }

    /// <summary>Facts that decide the severity by the runbook's criteria.</summary>
    public SeverityFacts Facts { get; init; } = new();

    /// <summary>Environment, null for the configured default.</summary>
    public string? Environment { get; init; }

    /// <summary>When users began to be affected; null means now.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>Services affected.</summary>
    public IReadOnlyList<string> ServicesAffected { get; init; } = [];
}

/// <summary>What to change in an incident; null leaves a field as it is.</summary>
public sealed record IncidentChange
{
    /// <summary>New title.</summary>
    public string? Title { get; init; }
    /// <summary>New severity.</summary>
    public Severity? Severity { get; init; }
    /// <summary>New status; <see cref="IncidentStatus.Closed"/> is refused here: closing has its own checks.</summary>
    public IncidentStatus? Status { get; init; }
    /// <summary>Root cause.</summary>
    public string? RootCause { get; init; }
    /// <summary>Share of users affected in percent.</summary>
    public double? UsersAffected { get; init; }
    /// <summary>Services affected.</summary>
    public IReadOnlyList<string>? ServicesAffected { get; init; }
    /// <summary>When users began to be affected.</summary>
    public DateTimeOffset? StartedAt { get; init; }
}

/// <summary>Which incidents to list.</summary>
public sealed record IncidentFilter
{
    /// <summary>Ids or wildcards; empty means all.</summary>
    public IReadOnlyList<string> Ids { get; init; } = [];
    /// <summary>Only those not closed.</summary>
    public bool OpenOnly { get; init; }
    /// <summary>Only these severities; empty means all.</summary>
    public IReadOnlyList<Severity> Severities { get; init; } = [];
}

/// <summary>How an incident is closed.</summary>
public sealed record IncidentClosure
{
    /// <summary>Root cause, if it is known by now.</summary>
    public string? RootCause { get; init; }
    /// <summary>Why it is closed although it was not verified, or although temporary changes stay in force.</summary>
    public string? Reason { get; init; }
    /// <summary>Temporary changes, and those of unknown outcome, that stay: their ids or wildcards; needs a reason.</summary>
    public IReadOnlyList<string> Keep { get; init; } = [];
    /// <summary>Close although the last verification is missing or failed; needs a reason.</summary>
    public bool Force { get; init; }
}

/// <summary>The journal and the incidents folded from it. Every method may throw the store's failures (Store…).</summary>
public interface IIncidents
{
    /// <summary>Opens an incident and returns it. TitleEmpty, ArgumentInvalid.</summary>
    Task<Incident> DeclareAsync(IncidentDeclaration declaration, CancellationToken cancellationToken);

    /// <summary>What declaring would give, with <c>????</c> for its number. Fails as declaring would, and writes nothing.</summary>
    Task<Incident> PreviewAsync(IncidentDeclaration declaration, CancellationToken cancellationToken);

    /// <summary>One incident. IncidentNotFound.</summary>
    Task<Incident> GetAsync(string id, CancellationToken cancellationToken);

    /// <summary>Incidents, newest first.</summary>
    IAsyncEnumerable<Incident> ListAsync(IncidentFilter filter, CancellationToken cancellationToken);

    /// <summary>Changes an incident; returns it as it is now. IncidentNotFound, IncidentClosed. A status other than Closed reopens a closed incident.</summary>
    Task<Incident> ChangeAsync(string id, IncidentChange change, CancellationToken cancellationToken);

    /// <summary>Closes an incident. IncidentUnverified without a passed verification, MitigationStillInForce with temporary changes that are not kept.</summary>
    Task<Incident> CloseAsync(string id, IncidentClosure closure, CancellationToken cancellationToken);

    /// <summary>Adds a note. IncidentNotFound, IncidentClosed, ArgumentInvalid for an empty text.</summary>
    Task<IncidentEvent> NoteAsync(string id, string text, CancellationToken cancellationToken);

    /// <summary>Events by sequence; null reads what was done outside any incident.</summary>
    IAsyncEnumerable<IncidentEvent> TimelineAsync(string? id, CancellationToken cancellationToken);

    /// <summary>Checks the hash chain of one incident, or of all when null.</summary>
    IAsyncEnumerable<JournalCheck> VerifyAsync(string? id, CancellationToken cancellationToken);
}
