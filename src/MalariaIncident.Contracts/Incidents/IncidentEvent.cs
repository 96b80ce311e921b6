using System.Text.Json.Nodes;

namespace MalariaIncident;

/// <summary>What an event of the journal says.</summary>
public enum EventKind
{
    /// <summary>The incident began.</summary>
    Declared,
    /// <summary>Someone took it.</summary>
    Acknowledged,
    /// <summary>Title, severity, status, cause or impact changed.</summary>
    Changed,
    /// <summary>A role was given to a person.</summary>
    RoleAssigned,
    /// <summary>A task of the checklist was done.</summary>
    TaskCompleted,
    /// <summary>A person wrote something down.</summary>
    Note,
    /// <summary>Something was looked at: evidence.</summary>
    Checked,
    /// <summary>A change is about to be sent; its outcome follows.</summary>
    ActionIntended,
    /// <summary>A second person agreed to a plan.</summary>
    Approved,
    /// <summary>A change was made without the second person that the runbook asks for.</summary>
    BreakGlass,
    /// <summary>A part of a change is known (one backend of many).</summary>
    ActionProgress,
    /// <summary>The change was made.</summary>
    ActionSucceeded,
    /// <summary>The change was not made, or did not take.</summary>
    ActionFailed,
    /// <summary>The answer was lost; whether the change was made is not known.</summary>
    ActionUnknown,
    /// <summary>The effect of a change, or the whole service, was verified or found wanting.</summary>
    Verified,
    /// <summary>A message left the house.</summary>
    MessageSent,
    /// <summary>Users are served again.</summary>
    Resolved,
    /// <summary>The record is finished.</summary>
    Closed,
    /// <summary>A closed incident was opened again.</summary>
    Reopened,
    /// <summary>A report was written.</summary>
    Reported,
}

/// <summary>One entry of the append-only journal. Entries of one incident form a hash chain.</summary>
public sealed record IncidentEvent
{
    /// <summary>Incident id, or null for what was done outside any incident.</summary>
    public string? Incident { get; init; }

    /// <summary>1, 2, 3 … without gaps within the incident. The order of events; clocks may disagree.</summary>
    public required long Sequence { get; init; }

    /// <summary>UTC by the writer's clock.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>Who did it.</summary>
    public required string Actor { get; init; }

    /// <summary>The machine it was done on.</summary>
    public required string Host { get; init; }

    /// <summary>What it says.</summary>
    public required EventKind Kind { get; init; }

    /// <summary>The same for people, in one line.</summary>
    public required string Text { get; init; }

    /// <summary>The same for programs.</summary>
    public JsonObject? Data { get; init; }

    /// <summary>Hex SHA-256 over the previous hash and this entry's canonical form.</summary>
    public required string Hash { get; init; }

    /// <summary>Hash of the entry before; 64 zeros for the first.</summary>
    public required string PreviousHash { get; init; }
}

/// <summary>Whether the journal is what was written.</summary>
public sealed record JournalCheck
{
    /// <summary>Incident id, or null for the entries outside any incident.</summary>
    public string? Incident { get; init; }

    /// <summary>True when every hash and sequence fits.</summary>
    public required bool Intact { get; init; }

    /// <summary>Entries read.</summary>
    public required long Events { get; init; }

    /// <summary>First sequence that does not fit, if any.</summary>
    public long? BrokenAt { get; init; }

    /// <summary>What does not fit, or "intact".</summary>
    public required string Reason { get; init; }
}
