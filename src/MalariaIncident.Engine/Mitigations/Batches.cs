namespace MalariaIncident.Engine.Mitigations;

/// <summary>
/// Groups what is there already, so that five hundred parts cost a handful of durable writes instead of five hundred, and a part that comes
/// alone does not wait for others.
/// </summary>
internal static class Batches
{
    private const int Largest = 100;

    public static async IAsyncEnumerable<IReadOnlyList<T>> Of<T>(IAsyncEnumerable<T> items)
    {
        await using var source = items.GetAsyncEnumerator();
        var batch = new List<T>();
        var next = Task.FromResult(true);
        try
        {
            while (true)
            {
                next = source.MoveNextAsync().AsTask();
                if (batch.Count > 0 && (!next.IsCompletedSuccessfully || batch.Count >= Largest))
                {
                    yield return batch;
                    batch = [];
                }

                if (!await next)
                {
                    break;
                }

                batch.Add(source.Current);
            }

            if (batch.Count > 0)
            {
                yield return batch;
            }
        }
        finally
        {
            // A reader that leaves with a batch leaves while the source works on the next item: that ends first, so that nothing goes on behind
            // its back, and because a source cannot be disposed of before.
            await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
