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
        while (true)
        {
            var next = source.MoveNextAsync().AsTask();
            if (batch.Count > 0 && (!next.IsCompleted || batch.Count >= Largest))
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
}
