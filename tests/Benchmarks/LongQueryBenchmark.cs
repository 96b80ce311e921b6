using System.Diagnostics;
using MalariaIncident;
using MalariaIncident.Engine;
using MalariaIncident.Sandbox.Databases;

namespace Benchmarks;

/// <summary>
/// The runbook's psql line, which signals and looks no further, against Get-LongQuery and Stop-LongQuery on as many stuck sessions: each is checked, journalled, and
/// waited for until it has ended.
/// </summary>
internal sealed class LongQueryBenchmark(Options options, Scoreboard scores)
{
    private const string Psql = "psql -c 'SELECT pg_terminate_backend(pid) …'";
    private const string Listing = "engine: listing";
    private const string Signalled = "engine: listed, planned, signalled";
    private const string Whole = "engine: every session seen to have ended";
    private const string Line = """
        SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE state = 'active' AND query_start < NOW() - INTERVAL '0 minutes' AND query NOT LIKE '%pg_stat_activity%'
        """;

    public async Task RunAsync()
    {
        string directory = Directory.CreateTempSubdirectory("malaria-benchmark-").FullName;
        await using ThrowAwayPostgres? server = await ThrowAwayPostgres.TryStartAsync(
            directory, new() { MaximumConnections = options.Backends + 50 }, CancellationToken.None);
        if (server is null)
        {
            Console.WriteLine("\nStop-LongQuery: no PostgreSQL is installed here, nothing was measured.");
            return;
        }

        string environments = Path.Combine(directory, "environments.yaml");
        await File.WriteAllTextAsync(environments, "default: measured\nenvironments:\n  measured:\n    namespace: measured\n");
        Environment.SetEnvironmentVariable("MALARIA_INCIDENT_ENVIRONMENTS", environments);
        Environment.SetEnvironmentVariable("MALARIA_INCIDENT_STORE", Path.Combine(directory, "journal.db"));
        var series = new Series();
        await using var engine = new EngineRooms();
        // The first run is the one that makes a session of it.
        for (int run = -1; run < options.Runs; run++)
        {
            Series into = run < 0 ? new Series() : series;
            using (StuckDatabase.Open(server.ConnectionString, options.Backends))
            {
                into.Add(Psql, Programs.Run("psql", ["-d", server.Url, "-c", Line]));
            }

            using (StuckDatabase.Open(server.ConnectionString, options.Backends))
            {
                await StopAsync(engine, server.ConnectionString, into);
            }
        }

        Console.WriteLine($"\nStop-LongQuery: {options.Backends} stuck sessions");
        series.Print(Psql);
        scores.AtLeast($"Listing and signalling {options.Backends} stuck sessions: wall against psql", series[Psql].Wall / series[Signalled].Wall, 1);
        Directory.Delete(directory, recursive: true);
    }

    private async Task StopAsync(EngineRooms engine, string connectionString, Series series)
    {
        using Process here = Process.GetCurrentProcess();
        TimeSpan cpu = here.TotalProcessorTime;
        var scope = new Scope { ConnectionString = connectionString, Timeout = TimeSpan.FromMinutes(1) };
        var clock = Stopwatch.StartNew();
        Measured Now()
        {
            here.Refresh();
            return new(clock.Elapsed, here.TotalProcessorTime - cpu, here.WorkingSet64);
        }

        List<LongQuery> found = await engine.Databases.GetLongQueriesAsync(scope, new() { MinimumDuration = TimeSpan.Zero }, CancellationToken.None).ToListAsync();
        series.Add(Listing, Now());
        if (found.Count < options.Backends)
        {
            throw new InvalidOperationException($"Only {found.Count} sessions were found.");
        }

        MitigationPlan plan = await engine.Mitigations.PlanAsync(
            new QueryStopRequest { Scope = scope, Queries = found, MaximumCount = found.Count }, CancellationToken.None);
        Measured? signalled = null;
        int ended = 0;
        await foreach (MitigationProgress step in engine.Mitigations.ApplyAsync(plan, new(), CancellationToken.None))
        {
            // The first look at what is left comes after the last signal.
            if (step.Phase is MitigationPhase.Following or MitigationPhase.Finished)
            {
                signalled ??= Now();
            }

            ended += step.Result is QueryStopResult { Outcome: QueryOutcome.Cancelled or QueryOutcome.Terminated or QueryOutcome.AlreadyGone } ? 1 : 0;
        }

        series.Add(Signalled, signalled!);
        series.Add(Whole, Now());
        if (ended < options.Backends)
        {
            throw new InvalidOperationException($"Only {ended} sessions ended.");
        }
    }
}
