using System.Diagnostics;
using Engine.Tests.Mitigations;
using MalariaIncident;
using MalariaIncident.Engine.Incidents;
using MalariaIncident.Engine.Mitigations;

namespace Engine.Tests.Postgres;

/// <summary>Ctrl+C at 20 points of stopping queries on a real server.</summary>
public sealed class InterruptedStopTests(PostgresServer postgres) : IClassFixture<PostgresServer>
{
    private const int Points = 20;
    private static readonly Operator Person = new("tester", "here");

    [SkippableFact]
    public async Task Fault_Ctrl_C_at_20_points_leaves_each_backend_as_the_record_says()
    {
        var room = new Room(postgres.Server.ConnectionString);
        var journal = new FakeJournal();
        var mitigator = new Mitigator(
            journal,
            room.Scopes,
            new Dictionary<MitigationKind, Lazy<IMitigationAct>> { [MitigationKind.QueryStop] = new(room.Act) },
            new Lazy<IServiceVerification>(new FakeVerification()),
            new Approvals(journal, new FakeRunbooks(), () => Person, TimeProvider.System),
            () => Person,
            TimeProvider.System);
        for (var point = 0; point < Points; point++)
        {
            // The record is honest every time; only for the time a busy machine is given another try.
            await Promise.WithinAsync(TimeSpan.FromSeconds(2), () => StopAtAsync(room, mitigator, point));
        }
    }

    /// <summary>How long it took from the stop to the end.</summary>
    private async Task<TimeSpan> StopAtAsync(Room room, Mitigator mitigator, int point)
    {
        await using var session = await Session.OpenAsync(postgres.Server.ConnectionString, $"interrupted {point}");
        await session.StartAsync($"SELECT pg_sleep(60 + {point}) /* {Guid.NewGuid()} */", postgres);
        var seen = await room.FindAsync(new() { MinimumDuration = TimeSpan.Zero, ProcessIds = [session.ProcessId] });
        var plan = await mitigator.PlanAsync(room.Request(seen), CancellationToken.None);
        // The whole takes some ten milliseconds: connecting, journalling, the signal, looking whether it helped.
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(point * 3));
        var pressed = Stopwatch.StartNew();
        using var press = stop.Token.Register(pressed.Restart);
        await ApplyAsync(mitigator, plan, stop.Token);
        var took = pressed.Elapsed;

        var stands = await mitigator.ListAsync(new() { Ids = [plan.Id + "*"] }, CancellationToken.None).ToListAsync();
        var sleeps = await SleepsAsync(session);
        switch (stands.SingleOrDefault()?.State)
        {
            case null or MitigationState.Failed:
                Assert.True(sleeps, $"point {point}: nothing was done, by the record, and the query is gone");
                break;
            case MitigationState.Done:
                Assert.False(sleeps, $"point {point}: the query was stopped, by the record, and runs");
                break;
            case MitigationState.Unknown:
                var (settled, detail) = (MitigationState.Unknown, "");
                // As long as the server cannot be read, nothing is known; that is no answer yet.
                for (var patience = Stopwatch.StartNew(); settled == MitigationState.Unknown && patience.Elapsed < TimeSpan.FromMinutes(1); await Task.Delay(50))
                {
                    var found = Assert.Single(await mitigator.SettleAsync(new() { Ids = [plan.Id] }, CancellationToken.None).ToListAsync());
                    (settled, detail) = (found.State, found.Detail);
                }

                // A signal that is on its way may arrive between any two looks: what slept before may be gone after, never the other way round.
                Assert.True(settled is MitigationState.Failed or MitigationState.Done, $"point {point}: {settled}: {detail}");
                Assert.True(settled == MitigationState.Failed ? sleeps : !await SleepsAsync(session), $"point {point}: {settled}, and the query {(sleeps ? "ran" : "was gone")} before");
                break;
            case var other:
                Assert.Fail($"point {point}: {other}, with no outcome");
                break;
        }

        return took;
    }

    private Task<bool> SleepsAsync(Session session) =>
        postgres.AskAsync<bool>($"SELECT count(*) = 1 FROM pg_stat_activity WHERE pid = {session.ProcessId} AND state = 'active' AND query LIKE 'SELECT pg_sleep%'");

    private static async Task ApplyAsync(Mitigator mitigator, MitigationPlan plan, CancellationToken stop)
    {
        try
        {
            await foreach (var _ in mitigator.ApplyAsync(plan, new(), stop))
            {
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
    }
}
