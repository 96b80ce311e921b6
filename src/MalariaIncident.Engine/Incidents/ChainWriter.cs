namespace MalariaIncident.Engine.Incidents;

/// <summary>Appends to a chain inside a transaction, where its incident allows that.</summary>
internal sealed class ChainWriter(TimeProvider clock, Func<Operator> who)
{
    // The outcome of what was intended before the closing belongs into the record whenever it becomes known.
    private static readonly EventKind[] AllowedWhenClosed =
    [
        EventKind.Reported, EventKind.Reopened, EventKind.ActionProgress, EventKind.ActionSucceeded, EventKind.ActionFailed, EventKind.ActionUnknown,
    ];

    public DateTimeOffset Now => clock.GetUtcNow();

    /// <summary>IncidentNotFound, IncidentClosed.</summary>
    public static async Task EnsureAllowedAsync(IEventTransaction transaction, string chain, IEnumerable<EventKind> kinds)
    {
        if (chain == StoredEvent.OutsideChain)
        {
            return;
        }

        if (await transaction.HeadAsync(chain) is null)
        {
            throw NotFound(chain);
        }

        var closing = await transaction.LastAsync(chain, nameof(EventKind.Closed), nameof(EventKind.Reopened));
        if (closing?.Kind == nameof(EventKind.Closed) && kinds.Any(kind => !AllowedWhenClosed.Contains(kind)))
        {
            throw new IncidentException(
                FailureKind.IncidentClosed, $"{chain} is closed; its record takes reports only.", chain, advice: $"Reopen it: Set-Incident {chain} -Status Investigating. Or work outside of it: Use-Incident -None.");
        }
    }

    public async Task<IReadOnlyList<IncidentEvent>> AppendAsync(IEventTransaction transaction, string chain, IReadOnlyList<EventDraft> drafts)
    {
        var head = await transaction.HeadAsync(chain);
        await EnsureEndFitsAsync(transaction, chain, head);
        var operatorNow = who();
        var written = new List<IncidentEvent>(drafts.Count);
        foreach (var draft in drafts)
        {
            await EnsureFirstAsync(transaction, chain, draft);
            var entry = EventChain.Next(head, chain, draft, Now, operatorNow);
            await transaction.AppendAsync(entry);
            head = new ChainHead(entry.Sequence, entry.Hash);
            written.Add(entry.ToEvent());
        }

        return written;
    }

    /// <summary>The first event of a chain, as it would be written.</summary>
    public IncidentEvent Preview(string chain, EventDraft draft) => EventChain.Next(null, chain, draft, Now, who()).ToEvent();

    public static IncidentException NotFound(string id) => new(
        FailureKind.IncidentNotFound, $"There is no incident {id} in this journal.", id, advice: "Get-Incident lists the incidents there are; MALARIA_INCIDENT_STORE says which journal is read.");

    private static async Task EnsureFirstAsync(IEventTransaction transaction, string chain, EventDraft draft)
    {
        if (draft is not { Once: { } name, Data: { } data } || EventData.Text(data, name) is not { } value)
        {
            return;
        }

        var earlier = (await transaction.ReadAsync(chain, draft.Kind.ToString())).Select(entry => entry.ToEvent()).FirstOrDefault(entry => entry.Data is { } had && EventData.Text(had, name) == value);
        if (earlier is not null)
        {
            throw new IncidentException(FailureKind.PlanUsed, $"{value} was begun already, by {earlier.Actor} at {earlier.Time.UtcDateTime:u}.", value);
        }
    }

    /// <summary>Writing on after a lost end would give its numbers to other events.</summary>
    private static async Task EnsureEndFitsAsync(IEventTransaction transaction, string chain, ChainHead? head)
    {
        var last = await transaction.LastAsync(chain);
        var end = last is null ? null : new ChainHead(last.Sequence, last.Hash);
        if (head != end || (last is not null && last.Hash != EventChain.HashOf(last)))
        {
            throw new IncidentException(
                FailureKind.StoreCorrupt,
                $"The last event of {(chain.Length == 0 ? "the entries outside any incident" : chain)} is not what was written, or the events after it are gone.",
                chain,
                advice: "Test-IncidentJournal says where it breaks. Keep a copy of the file as it is, then restore a backup or go on with a new journal (MALARIA_INCIDENT_STORE).");
        }
    }
}
