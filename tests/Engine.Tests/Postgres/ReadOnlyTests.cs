using Engine.Tests.Kubernetes;
using MalariaIncident;
using MalariaIncident.Engine.Postgres.Connections;
using MalariaIncident.Engine.Postgres.Poolers;
using MalariaIncident.Engine.Postgres.Stops;

namespace Engine.Tests.Postgres;

/// <summary>The read-only switch holds where a signal or a command would leave, whatever stands before that.</summary>
[Collection(nameof(ProcessEnvironment))]
public sealed class ReadOnlyTests(PooledServer server) : IClassFixture<PooledServer>
{
    private const string Variable = "MALARIA_INCIDENT_READONLY";

    [SkippableFact]
    public async Task No_signal_leaves()
    {
        await using var session = await Session.OpenAsync(server.Postgres.Server.ConnectionString);
        await session.StartAsync("SELECT pg_sleep(90)", server.Postgres);
        var room = new Room(server.Postgres.Server.ConnectionString);
        var seen = await room.FindAsync(new() { ProcessIds = [session.ProcessId] });
        var plan = await room.PlanAsync(room.Request(seen));
        var deadline = room.Connector.DeadlineOf(room.Resolved);
        await using var signals = await room.Connector.OpenAsync(room.Resolved, SessionUse.Signal, deadline, CancellationToken.None);
        using var readOnly = new ProcessEnvironment(Variable, "1");

        await Refuses(() => room.StopAsync(plan));
        await Refuses(() => StopSignal.Cancel.SendAsync(signals, [StopTarget.Of(seen[0])], [], deadline, CancellationToken.None));

        Assert.Equal("active", await server.Postgres.AskAsync<string>($"SELECT state FROM pg_stat_activity WHERE pid = {session.ProcessId}"));
        Assert.Single(await room.FindAsync(new() { ProcessIds = [session.ProcessId] }));
    }

    [SkippableFact]
    public async Task A_console_is_asked_and_told_nothing()
    {
        var room = new PoolRoom(server.Pooler.Console);
        var plan = await room.PlanAsync(room.Pause());
        var deadline = new Deadline(TimeSpan.FromMinutes(1), TimeProvider.System);
        await using var console = await PoolerConsole.OpenAsync(new("pooler", ConnectionText.Parse(server.Pooler.Console).Builder, null), deadline, CancellationToken.None);
        using var readOnly = new ProcessEnvironment(Variable, "1");

        await Refuses(() => room.CarryAsync(plan));
        foreach (var command in new[] { "PAUSE", "RELOAD", "RECONNECT", "SET pool_mode = 'session'", "show pools; PAUSE" })
        {
            await Refuses(() => console.AskAsync(command, deadline, CancellationToken.None));
        }

        Assert.All(await console.AskAsync("SHOW DATABASES", deadline, CancellationToken.None), database => Assert.Equal("0", database["paused"]));
    }

    private static async Task Refuses(Func<Task> change) => Assert.Equal(FailureKind.ReadOnlyMode, (await Assert.ThrowsAsync<IncidentException>(change)).Kind);
}
