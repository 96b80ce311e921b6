using System.Diagnostics;
using MalariaIncident;
using MalariaIncident.Sandbox.Databases;
using Xunit.Abstractions;

namespace Engine.Tests.Postgres;

/// <summary>Five hundred stuck sessions: each is checked and signalled by itself, and that costs no more than a second.</summary>
public sealed class ManyBackendsTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const int Count = 500;
    private readonly string _directory = Directory.CreateTempSubdirectory("malaria-incident-tests-").FullName;
    private ThrowAwayPostgres? _server;

    public async Task InitializeAsync() =>
        _server = await ThrowAwayPostgres.TryStartAsync(_directory, new() { MaximumConnections = Count + 20 }, CancellationToken.None);

    public async Task DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        Directory.Delete(_directory, recursive: true);
    }

    [SkippableFact]
    public async Task Five_hundred_are_listed_and_stopped_in_seconds()
    {
        Skip.If(_server is null && Environment.GetEnvironmentVariable("MALARIA_INCIDENT_REQUIRE_SERVERS") != "1", "No PostgreSQL is installed here.");
        await using var stuck = await StuckQueries.OpenAsync(_server!.ConnectionString, new() { Victims = Count, LongQuery = false }, CancellationToken.None);
        var room = new Room(_server.ConnectionString);
        await room.FindAsync(new() { ProcessIds = [1] });

        var victims = await Promise.WithinAsync(TimeSpan.FromSeconds(2), async () =>
            (await room.FindAsync(new() { MinimumDuration = TimeSpan.Zero })).Where(query => stuck.Victims.Contains(query.ProcessId)).ToArray());
        var clock = Stopwatch.StartNew();
        var plan = await room.PlanAsync(room.Request(victims) with { MaximumCount = Count, GracePeriod = TimeSpan.FromMinutes(5) });
        var planned = clock.Elapsed;
        var stopped = await room.StopAsync(plan);
        var done = clock.Elapsed;

        output.WriteLine($"planned {planned.TotalMilliseconds:0} ms, stopped {(done - planned).TotalMilliseconds:0} ms");
        Assert.Equal(Count, victims.Length);
        Assert.Equal(Count, stopped.Results.Count);
        Assert.All(stopped.Results.Values, result => Assert.Equal(QueryOutcome.Cancelled, result.Outcome));
        // Some hundred milliseconds on a quiet machine; five hundred backends must wake up for it, and this cannot be tried twice.
        Assert.True(done < TimeSpan.FromMinutes(2), $"all took {done}");
    }
}
