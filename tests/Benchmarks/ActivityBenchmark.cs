using System.Diagnostics;
using MalariaIncident;
using MalariaIncident.Engine;
using MalariaIncident.Sandbox.Databases;

namespace Benchmarks;

/// <summary>Reading what very many sessions do: each of them as an object, and grouped by the server, against psql printing the same view.</summary>
internal sealed class ActivityBenchmark(Options options, Scoreboard scores)
{
    private const string Psql = "psql -c 'SELECT * FROM pg_stat_activity'";
    private const string Listing = "Get-LongQuery: every session an object";
    private const string Grouped = "Get-DatabaseConnection";
    private const string Locks = "Get-DatabaseLock: nobody waits";
    private const double MostMegabytes = 100;

    public async Task RunAsync()
    {
        string directory = Directory.CreateTempSubdirectory("malaria-benchmark-").FullName;
        await using ThrowAwayPostgres? server = await ThrowAwayPostgres.TryStartAsync(
            directory, new() { MaximumConnections = options.Activity + 50, Statements = false, Settings = new Dictionary<string, string> { ["autovacuum"] = "off" } }, CancellationToken.None);
        if (server is null)
        {
            Console.WriteLine("\nActivity: no PostgreSQL is installed here, nothing was measured.");
            return;
        }

        Environment.SetEnvironmentVariable("MALARIA_INCIDENT_ENVIRONMENTS", Path.Combine(directory, "environments.yaml"));
        await File.WriteAllTextAsync(Path.Combine(directory, "environments.yaml"), "default: measured\nenvironments:\n  measured:\n    namespace: measured\n");
        Environment.SetEnvironmentVariable("MALARIA_INCIDENT_STORE", Path.Combine(directory, "journal.db"));
        var scope = new Scope { ConnectionString = server.ConnectionString, Timeout = TimeSpan.FromMinutes(1) };
        var series = new Series();
        long above = 0;
        await using var engine = new EngineRooms();
        using (OpenTransactions.Open(server.ConnectionString, options.Activity))
        {
            // The first run loads and compiles.
            for (int run = -1; run < options.Runs; run++)
            {
                Series into = run < 0 ? new Series() : series;
                into.Add(Psql, Programs.Run("psql", ["-d", server.Url, "-c", "SELECT * FROM pg_stat_activity"]));
                long before = PeakMemory.Begin();
                int listed = 0;
                await MeasureAsync(Listing, into, async () =>
                {
                    await foreach (LongQuery query in engine.Databases.GetLongQueriesAsync(scope, new() { MinimumDuration = TimeSpan.Zero, IncludeIdleInTransaction = true }, CancellationToken.None))
                    {
                        listed += query.ProcessId > 0 ? 1 : 0;
                    }
                });
                if (listed < options.Activity)
                {
                    throw new InvalidOperationException($"Only {listed} sessions were listed.");
                }

                above = Math.Max(above, run < 0 ? 0 : PeakMemory.Above(before));
                await MeasureAsync(Grouped, into, async () => await engine.Databases.GetConnectionsAsync(scope, CancellationToken.None).ToListAsync());
                await MeasureAsync(Locks, into, async () => await engine.Databases.GetLocksAsync(scope, CancellationToken.None).ToListAsync());
            }
        }

        Console.WriteLine($"\nActivity: {options.Activity} sessions with a transaction open");
        series.Print(Psql);
        scores.AtMost($"The activity of {options.Activity} sessions: wall", series[Listing].Wall.TotalSeconds, 2, "s");
        scores.AtMost($"The activity of {options.Activity} sessions: memory on top of the session", above / 1e6, MostMegabytes, "MB");
        Directory.Delete(directory, recursive: true);
    }

    private static async Task MeasureAsync(string name, Series series, Func<Task> work)
    {
        using Process here = Process.GetCurrentProcess();
        TimeSpan cpu = here.TotalProcessorTime;
        var clock = Stopwatch.StartNew();
        await work();
        here.Refresh();
        series.Add(name, new(clock.Elapsed, here.TotalProcessorTime - cpu, here.WorkingSet64));
    }
}
