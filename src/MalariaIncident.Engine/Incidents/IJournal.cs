using System.Text.Json.Nodes;

namespace MalariaIncident.Engine.Incidents;

/// <summary>
/// What the other rooms may do with the journal: append, and read. Only this room knows hashes, sequences and stores.
/// </summary>
internal interface IJournal
{
    /// <summary>
    /// Throws the Store… failure that an append would meet (read-only, full, newer, on a network file system), IncidentNotFound, or
    /// IncidentClosed. Called before a change is sent, so that nothing is done that cannot be recorded.
    /// </summary>
    Task EnsureWritableAsync(string? incident, CancellationToken cancellationToken);

    /// <summary>Appends one event durably; when this returns it survives a kill -9. A null incident is what was done outside any.</summary>
    Task<IncidentEvent> AppendAsync(string? incident, EventKind kind, string text, JsonObject? data, CancellationToken cancellationToken);

    /// <summary>Appends several events in one transaction, in order.</summary>
    Task AppendAsync(string? incident, IReadOnlyList<EventDraft> drafts, CancellationToken cancellationToken);

    /// <summary>
    /// Records what was looked at, where there is an open incident; does nothing outside one or after it was closed. A store that
    /// cannot be written does not stop an operator from looking: the failure is swallowed here and met before the next change.
    /// </summary>
    Task AppendEvidenceAsync(string? incident, string text, JsonObject? data, CancellationToken cancellationToken);

    /// <summary>The incident, folded. IncidentNotFound.</summary>
    Task<Incident> GetAsync(string id, CancellationToken cancellationToken);

    /// <summary>Events of one incident by sequence; null for those outside any.</summary>
    IAsyncEnumerable<IncidentEvent> ReadAsync(string? incident, CancellationToken cancellationToken);

    /// <summary>Events of these kinds of every incident and of none, oldest first within each.</summary>
    IAsyncEnumerable<IncidentEvent> ReadAllAsync(IReadOnlyList<EventKind> kinds, CancellationToken cancellationToken);
}

/// <summary>An event before it is written.</summary>
internal sealed record EventDraft(EventKind Kind, string Text, JsonObject? Data = null)
{
    /// <summary>
    /// A name in <see cref="Data"/>: a chain takes one event of this kind with this value there, and refuses another (PlanUsed). Decided under the
    /// store's lock, so that of two processes one is first.
    /// </summary>
    public string? Once { get; init; }
}
