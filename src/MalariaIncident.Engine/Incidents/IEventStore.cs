namespace MalariaIncident.Engine.Incidents;

/// <summary>
/// Where events are kept. The store knows rows and transactions; what a chain, a hash and an incident are is this room's.
/// The chain <see cref="StoredEvent.OutsideChain"/> holds what was done outside any incident.
/// </summary>
internal interface IEventStore
{
    /// <summary>False where nothing was ever written: reading finds nothing, and does not make the store.</summary>
    bool Exists { get; }

    /// <summary>
    /// Runs the work in one transaction that holds the write lock from its beginning, and commits it durably. Waits for the lock
    /// no longer than the patience (StoreBusy), and cancellably.
    /// </summary>
    Task<T> WriteAsync<T>(Func<IEventTransaction, Task<T>> work, TimeSpan patience, CancellationToken cancellationToken);

    /// <summary>Meets every failure that a write would meet, runs the work, and takes everything back.</summary>
    Task ProbeAsync(Func<IEventTransaction, Task> work, TimeSpan patience, CancellationToken cancellationToken);

    /// <summary>One chain with its head, as of one moment. Empty where there is none.</summary>
    Task<StoredChain> ReadAsync(string chain, CancellationToken cancellationToken);

    /// <summary>Events of these kinds of every chain, by chain and sequence; an empty list means all kinds.</summary>
    Task<IReadOnlyList<StoredEvent>> ReadAllAsync(IReadOnlyList<string> kinds, CancellationToken cancellationToken);

    /// <summary>Names of all chains.</summary>
    Task<IReadOnlyList<string>> ChainsAsync(CancellationToken cancellationToken);

    /// <summary>What is wrong with the store as a whole (a cut-off tail, a page that does not fit); null where nothing is.</summary>
    Task<string?> FindDamageAsync(CancellationToken cancellationToken);
}

/// <summary>What may be done while the write lock is held.</summary>
internal interface IEventTransaction
{
    /// <summary>Where a chain ends; null where it has not begun.</summary>
    Task<ChainHead?> HeadAsync(string chain);

    /// <summary>The events of a chain by sequence, of these kinds if any are named.</summary>
    Task<IReadOnlyList<StoredEvent>> ReadAsync(string chain, params IReadOnlyList<string> kinds);

    /// <summary>The last event of a chain, of these kinds if any are named.</summary>
    Task<StoredEvent?> LastAsync(string chain, params IReadOnlyList<string> kinds);

    /// <summary>The next free incident number of a year.</summary>
    Task<int> NextNumberAsync(int year);

    /// <summary>Adds an event and moves the chain's head to it.</summary>
    Task AppendAsync(StoredEvent entry);
}

/// <summary>The end of a chain, kept beside the events so that a cut-off tail shows.</summary>
internal sealed record ChainHead(long Sequence, string Hash);

/// <summary>A chain and where its head says that it ends.</summary>
internal sealed record StoredChain(IReadOnlyList<StoredEvent> Events, ChainHead? Head);
