using System.Globalization;
using MalariaIncident.Engine.Text;
using StackExchange.Redis;

namespace MalariaIncident.Engine.Redis;

/// <summary>
/// Looks for big keys. SCAN walks the hash table, so its first keys are as good as drawn by lot; MEMORY USAGE with few samples costs the
/// server microseconds per key. Keys come in small pages, so that nobody waits for us for long.
/// </summary>
internal sealed class BigKeyScan(CacheConnection connection, TimeProvider clock)
{
    private const int PageSize = 100;
    private const int Shown = 20;
    private const int Samples = 5;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>The biggest keys of at most <paramref name="maximumKeys"/>, and a sentence about how far the sample went.</summary>
    public async Task<(IReadOnlyList<BigKey> Keys, string Note)> ScanAsync(CacheInfo info, int maximumKeys, CancellationToken cancellationToken)
    {
        var start = clock.GetTimestamp();
        var biggest = new PriorityQueue<(int Database, RedisKey Key, long Bytes), long>();
        var total = info.Keyspace.Sum(database => database.Keys);
        long seen = 0, bytes = 0;
        foreach (var (database, _, _) in info.Keyspace)
        {
            var cursor = "0";
            do
            {
                if (seen >= maximumKeys || clock.GetElapsedTime(start) > Patience)
                {
                    break;
                }

                var page = (RedisResult[])(await connection.ReadAsync(database, "SCAN", [cursor, "COUNT", PageSize], cancellationToken))!;
                cursor = (string?)page[0] ?? "0";
                var keys = ((RedisKey[])page[1]!).Take((int)Math.Min(maximumKeys - seen, int.MaxValue)).ToList();
                var sizes = await Task.WhenAll(keys.Select(key => connection.ReadAsync(database, "MEMORY", ["USAGE", key, "SAMPLES", Samples], cancellationToken)));
                foreach (var (key, size) in keys.Zip(sizes))
                {
                    // A key may have gone since SCAN named it.
                    var measured = size.IsNull ? 0 : (long)size;
                    bytes += measured;
                    biggest.Enqueue((database, key, measured), measured);
                    if (biggest.Count > Shown)
                    {
                        biggest.Dequeue();
                    }
                }

                seen += keys.Count;
            }
            while (cursor != "0");
        }

        var found = new List<BigKey>(biggest.Count);
        while (biggest.TryDequeue(out var big, out _))
        {
            var type = (string?)await connection.ReadAsync(big.Database, "TYPE", [big.Key], cancellationToken);
            if (type is not (null or "none"))
            {
                found.Add(new BigKey(big.Database, PlainText.OneLine(big.Key.ToString(), 200), PlainText.OneLine(type, 30), big.Bytes));
            }
        }

        found.Reverse();
        return (found, seen >= total
            ? string.Create(CultureInfo.InvariantCulture, $"All {Amount.Of(seen, "key")} {Amount.Word(seen, "was", "were")} measured; together they take {Size.Of(bytes)}.")
            : string.Create(CultureInfo.InvariantCulture, $"{seen} of {Amount.Of(total, "key")} {Amount.Word(seen, "was", "were")} measured, taken by lot; together they take {Size.Of(bytes)}. A bigger key may be among the others."));
    }
}
