using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;

namespace MalariaIncident.Engine.Incidents;

/// <summary>The journal as the other rooms use it.</summary>
internal sealed class Journal(IEventStore store, ChainWriter writer) : IJournal
{
    /// <summary>How long a write waits for other writers: an event that matters may wait, a look may not.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan EvidencePatience = TimeSpan.FromSeconds(2);

    public async Task EnsureWritableAsync(string? incident, CancellationToken cancellationToken)
    {
        var chain = ChainOf(incident);
        EnsureKnown(incident, chain);
        await store.ProbeAsync(transaction => ChainWriter.EnsureAllowedAsync(transaction, chain, [EventKind.ActionIntended]), Patience, cancellationToken);
    }

    public async Task<IncidentEvent> AppendAsync(string? incident, EventKind kind, string text, JsonObject? data, CancellationToken cancellationToken) =>
        (await WriteAsync(incident, [new EventDraft(kind, text, data)], Patience, cancellationToken))[0];

    public Task AppendAsync(string? incident, IReadOnlyList<EventDraft> drafts, CancellationToken cancellationToken) =>
        drafts.Count == 0 ? Task.CompletedTask : WriteAsync(incident, drafts, Patience, cancellationToken);

    public async Task AppendEvidenceAsync(string? incident, string text, JsonObject? data, CancellationToken cancellationToken)
    {
        if (incident is null)
        {
            return;
        }

        try
        {
            await WriteAsync(incident, [new EventDraft(EventKind.Checked, text, data)], EvidencePatience, cancellationToken);
        }
        catch (IncidentException failure) when (IsNoReasonToStopLooking(failure.Kind))
        {
            // Met again, and not swallowed, by EnsureWritableAsync before anything is changed.
        }
    }

    public async Task<Incident> GetAsync(string id, CancellationToken cancellationToken)
    {
        var chain = IncidentId.Normalize(id);
        var stored = await store.ReadAsync(chain, cancellationToken);
        return stored.Events.Count == 0 ? throw ChainWriter.NotFound(chain) : IncidentFold.Of(stored.Events.Select(entry => entry.ToEvent()));
    }

    public async IAsyncEnumerable<IncidentEvent> ReadAsync(string? incident, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var chain = ChainOf(incident);
        var stored = await store.ReadAsync(chain, cancellationToken);
        if (stored.Events.Count == 0 && incident is not null)
        {
            throw ChainWriter.NotFound(chain);
        }

        foreach (var entry in stored.Events)
        {
            yield return entry.ToEvent();
        }
    }

    public async IAsyncEnumerable<IncidentEvent> ReadAllAsync(IReadOnlyList<EventKind> kinds, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var entry in await store.ReadAllAsync([.. kinds.Select(kind => kind.ToString())], cancellationToken))
        {
            yield return entry.ToEvent();
        }
    }

    internal static string ChainOf(string? incident) => incident is null ? StoredEvent.OutsideChain : IncidentId.Normalize(incident);

    private Task<IReadOnlyList<IncidentEvent>> WriteAsync(string? incident, IReadOnlyList<EventDraft> drafts, TimeSpan patience, CancellationToken cancellationToken)
    {
        var chain = ChainOf(incident);
        EnsureKnown(incident, chain);
        return store.WriteAsync(
            async transaction =>
            {
                await ChainWriter.EnsureAllowedAsync(transaction, chain, drafts.Select(draft => draft.Kind));
                return await writer.AppendAsync(transaction, chain, drafts);
            },
            patience,
            cancellationToken);
    }

    /// <summary>Looking for an incident must not be what makes the store.</summary>
    private void EnsureKnown(string? incident, string chain)
    {
        if (incident is not null && !store.Exists)
        {
            throw ChainWriter.NotFound(chain);
        }
    }

    private static bool IsNoReasonToStopLooking(FailureKind kind) => kind is FailureKind.IncidentClosed
        or FailureKind.StoreBusy or FailureKind.StoreCorrupt or FailureKind.StoreFull or FailureKind.StoreNewer
        or FailureKind.ReadOnlyMode or FailureKind.StoreOnNetworkFileSystem or FailureKind.StoreReadOnly or FailureKind.StoreUnreadable;
}
