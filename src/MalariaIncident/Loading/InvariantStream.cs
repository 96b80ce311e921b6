namespace MalariaIncident.Loading;

/// <summary>A stream of the engine whose every step begins in the invariant culture: an iterator goes on in the culture of whoever asks for the next item.</summary>
internal sealed class InvariantStream<T>(IAsyncEnumerable<T> items) : IAsyncEnumerable<T>
{
    public IAsyncEnumerator<T> GetAsyncEnumerator(CancellationToken cancellationToken = default)
        => new Steps(EngineDoor.InvariantCulture(() => items.GetAsyncEnumerator(cancellationToken)));

    private sealed class Steps(IAsyncEnumerator<T> items) : IAsyncEnumerator<T>
    {
        public T Current => items.Current;

        public ValueTask<bool> MoveNextAsync() => EngineDoor.InvariantCulture(items.MoveNextAsync);

        public ValueTask DisposeAsync() => EngineDoor.InvariantCulture(items.DisposeAsync);
    }
}
