using System.Globalization;
using MalariaIncident.Engine.Postgres.Connections;

namespace MalariaIncident.Engine.Postgres.Poolers;

/// <summary>What a pooler shows of its databases.</summary>
internal sealed record PoolView(IReadOnlyList<PooledDatabase> Databases, string QueryWaitTimeout)
{
    /// <summary>The console itself is listed as a database.</summary>
    private const string Console = "pgbouncer";

    public PooledDatabase? Find(string name) => Databases.FirstOrDefault(database => database.Name == name);

    public static async Task<PoolView> ReadAsync(PoolerConsole console, Deadline deadline, CancellationToken stop)
    {
        var settings = (await console.AskAsync("SHOW CONFIG", deadline, stop)).ToDictionary(row => row["key"] ?? "", row => row["value"] ?? "", StringComparer.Ordinal);
        var pools = (await console.AskAsync("SHOW POOLS", deadline, stop)).ToLookup(row => row["database"] ?? "", StringComparer.Ordinal);
        var servers = (await console.AskAsync("SHOW SERVERS", deadline, stop)).ToLookup(row => row["database"] ?? "", StringComparer.Ordinal);
        var databases = await console.AskAsync("SHOW DATABASES", deadline, stop);
        return new(
            [
                .. databases.Where(row => row["name"] is not (null or Console)).Select(row => new PooledDatabase
                {
                    Name = row["name"]!,
                    PoolMode = row.GetValueOrDefault("pool_mode") is { Length: > 0 } own ? own : settings.GetValueOrDefault("pool_mode", "session"),
                    Paused = row.GetValueOrDefault("paused") == "1",
                    ClientsActive = pools[row["name"]!].Sum(pool => Count(pool, "cl_active")),
                    ClientsWaiting = pools[row["name"]!].Sum(pool => Count(pool, "cl_waiting")),
                    ServersActive = pools[row["name"]!].Sum(pool => Count(pool, "sv_active")),
                    Servers = [.. servers[row["name"]!].Select(server => new PoolServer(
                        $"{server.GetValueOrDefault("ptr")} {server.GetValueOrDefault("connect_time")}", server.GetValueOrDefault("close_needed") == "1"))],
                }),
            ],
            settings.GetValueOrDefault("query_wait_timeout", "120"));
    }

    private static int Count(IReadOnlyDictionary<string, string?> row, string column) =>
        int.TryParse(row.GetValueOrDefault(column), NumberStyles.Integer, CultureInfo.InvariantCulture, out var count) ? count : 0;
}

/// <summary>One database of a pooler.</summary>
internal sealed record PooledDatabase
{
    public required string Name { get; init; }
    /// <summary>session, transaction or statement.</summary>
    public required string PoolMode { get; init; }
    public required bool Paused { get; init; }
    public required int ClientsActive { get; init; }
    public required int ClientsWaiting { get; init; }
    public required int ServersActive { get; init; }
    public required IReadOnlyList<PoolServer> Servers { get; init; }
}

/// <param name="Identity">Tells one connection to the server from a later one in its place.</param>
/// <param name="CloseNeeded">It is closed as soon as its client gives it back.</param>
internal sealed record PoolServer(string Identity, bool CloseNeeded);
