using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using MalariaIncident;
using MalariaIncident.Engine.Mitigations;
using MalariaIncident.Engine.Postgres.Poolers;
using MalariaIncident.Sandbox.Databases;

namespace Engine.Tests.Postgres;

/// <summary>Restarting PgBouncer drops clients: PAUSE, RESUME, RECONNECT and RELOAD on a real console are what it is wanted for.</summary>
public sealed class PoolChangeTests(PooledServer server) : IClassFixture<PooledServer>
{
    private const string Database = "malaria_prediction";

    private PoolRoom Room => new(server.Pooler.Console);

    [SkippableFact]
    public async Task A_paused_pool_holds_its_clients_back_and_resuming_lets_them_go_on()
    {
        var room = Room;
        await using var client = await Session.OpenAsync(server.Pooler.ConnectionString);
        await client.ExecuteAsync("SELECT 1");

        var plan = await room.PlanAsync(room.Pause());
        var paused = Assert.Single(await room.CarryAsync(plan));
        var waiting = client.ExecuteAsync("SELECT 2");
        Assert.Equal(ReadBack.Applied, await room.ReadBackAsync(plan));
        while (Assert.Single((await room.PlanAsync(room.Resume())).Changes).Before != "paused: 1 client waits")
        {
            await Task.Delay(20);
        }

        Assert.False(waiting.IsCompleted);
        var resumed = Assert.Single(await room.CarryAsync(room.Resume()));
        await waiting;

        Assert.Equal((true, "paused; no server connection is left"), (paused.Paused, paused.Detail));
        Assert.Equal((Database, $"127.0.0.1:{server.Pooler.Port}"), (paused.Database, paused.Pooler));
        Assert.NotNull(plan.Undo);
        Assert.Contains(plan.Warnings, warning => warning.Contains("query_wait_timeout", StringComparison.Ordinal));
        Assert.Equal((false, "resumed"), (resumed.Paused, resumed.Detail));
        Assert.Equal(ReadBack.NotApplied, await room.ReadBackAsync(plan));
    }

    [SkippableFact]
    public async Task Pausing_waits_for_what_runs_no_longer_than_its_deadline_and_says_what_is_left()
    {
        var room = Room;
        await using (var busy = await PooledServer.BusyAsync(server.Pooler))
        {
            var clock = Stopwatch.StartNew();
            var paused = Assert.Single(await room.CarryAsync(room.Pause(TimeSpan.FromSeconds(1.5))));

            // Whoever did not look at the deadline would wait for a COMMIT that comes after this.
            Assert.InRange(clock.Elapsed, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30));
            Assert.Equal((true, 1), (paused.Paused, paused.ServersActive));
            Assert.Contains("1 server connection was still in use", paused.Detail, StringComparison.Ordinal);
            await room.CarryAsync(room.Resume());
            await busy.ExecuteAsync("COMMIT");
        }

        Assert.True(server.Pooler.IsRunning);
    }

    [SkippableFact]
    public async Task An_operator_who_stops_waiting_leaves_a_change_that_can_be_read_back_and_undone()
    {
        var room = Room;
        await using var busy = await PooledServer.BusyAsync(server.Pooler);
        // It waits for the transaction until somebody stops it.
        var plan = await room.PlanAsync(room.Pause(TimeSpan.FromMinutes(5)));
        using var stop = new CancellationTokenSource();
        var carrying = room.CarryAsync(plan, stop.Token);
        while (await room.ReadBackAsync(plan) != ReadBack.Applied)
        {
            await Task.Delay(20);
        }

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => carrying);

        Assert.Equal(ReadBack.Applied, await room.ReadBackAsync(plan));
        var undo = await room.Acts[MitigationKind.PoolSuspension].PlanUndoAsync(plan, room.Resolved, "MIT-TEST0002", false, CancellationToken.None);
        Assert.Equal((MitigationKind.PoolResumption, plan.Id, null), (undo.Kind, undo.Undoes, undo.Undo));
        await room.CarryAsync(undo);
        Assert.Equal(ReadBack.NotApplied, await room.ReadBackAsync(plan));
    }

    [SkippableFact]
    public async Task Resuming_ends_the_suspension_that_is_in_force_even_when_somebody_else_was_faster()
    {
        var room = Room;
        var plan = await room.PlanAsync(room.Pause());
        await room.CarryAsync(plan);
        room.InForce.Add(new()
        {
            Id = plan.Id, Kind = plan.Kind, State = MitigationState.InForce, Target = plan.Target, Summary = plan.Summary, Actor = "a", IntendedAt = DateTimeOffset.UtcNow, Reversible = true, Plan = plan,
        });

        var first = await room.PlanAsync(room.Resume(Database));
        await room.CarryAsync(first);
        var second = await room.PlanAsync(room.Resume());

        Assert.Equal(plan.Id, first.Undoes);
        Assert.Equal((plan.Id, 0), (second.Undoes, second.Changes.Count));
        Assert.Empty(await room.CarryAsync(second));
        Assert.Equal("is not paused any more", Assert.Single(await room.CarryAsync(first)).Detail);
        room.InForce.Clear();
        Assert.Equal(FailureKind.NothingToDo, (await Assert.ThrowsAsync<IncidentException>(() => room.PlanAsync(room.Resume()))).Kind);
    }

    [SkippableFact]
    public async Task What_is_paused_already_is_left_and_an_unknown_database_is_refused()
    {
        var room = Room;
        await room.CarryAsync(room.Pause());
        try
        {
            var again = await Assert.ThrowsAsync<IncidentException>(() => room.PlanAsync(room.Pause()));
            Assert.Equal(FailureKind.NothingToDo, again.Kind);
        }
        finally
        {
            await room.CarryAsync(room.Resume());
        }

        var unknown = await Assert.ThrowsAsync<IncidentException>(() => room.PlanAsync(room.Pause(null, "nowhere")));
        Assert.Equal(FailureKind.ArgumentInvalid, unknown.Kind);
        Assert.Contains(Database, unknown.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Reconnecting_replaces_server_connections_and_keeps_clients()
    {
        var room = Room;
        await using var client = await Session.OpenAsync(server.Pooler.ConnectionString);
        await client.ExecuteAsync("BEGIN");
        var before = await client.ServerProcessAsync();

        var plan = await room.PlanAsync(room.Reset());
        var reset = Assert.Single(await room.CarryAsync(plan));
        Assert.Equal(ReadBack.Applied, await room.ReadBackAsync(plan));
        await client.ExecuteAsync("COMMIT");
        var after = await client.ServerProcessAsync();

        Assert.Contains("1 in use close as their clients give them back", reset.Detail, StringComparison.Ordinal);
        Assert.NotEqual(before, after);
        Assert.Null(plan.Undo);
    }

    [SkippableFact]
    public async Task Reloading_reads_the_configuration_again()
    {
        var room = Room;

        var result = Assert.Single(await room.CarryAsync(room.Reset(reload: true)));

        Assert.Equal((null, "the configuration was read again"), (result.Database, result.Detail));
    }

    [SkippableFact]
    public async Task Somebody_who_may_only_look_is_told_what_is_missing()
    {
        var room = new PoolRoom(server.Pooler.ConsoleFor(ThrowAwayPgBouncer.Watcher));
        var plan = await room.PlanAsync(room.Pause());

        var failure = await Assert.ThrowsAsync<IncidentException>(() => room.CarryAsync(plan));

        Assert.Equal(FailureKind.DatabaseForbidden, failure.Kind);
        Assert.Contains("admin_users", failure.Advice, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Of_two_poolers_one_that_does_not_let_us_in_leaves_the_other_as_it_is()
    {
        await using var second = (await server.StartAsync())!;
        // The second has another password.
        var both = new PoolRoom($"host=127.0.0.1:{server.Pooler.Port},127.0.0.1:{second.Port} user={ThrowAwayPgBouncer.Administrator} password={server.Pooler.Password}");

        var refused = await Assert.ThrowsAsync<IncidentException>(() => both.PlanAsync(both.Pause()));

        Assert.Equal(FailureKind.DatabaseUnauthenticated, refused.Kind);
        Assert.Equal(FailureKind.NothingToDo, (await Assert.ThrowsAsync<IncidentException>(() => Room.PlanAsync(Room.Resume()))).Kind);
    }

    [SkippableFact]
    public async Task Where_the_second_pooler_fails_the_first_is_resumed_again()
    {
        await using var dying = (await server.StartAsync(new Dictionary<string, string> { ["admin_users"] = "nobody_else", ["stats_users"] = ThrowAwayPgBouncer.Administrator, ["auth_type"] = "any" }))!;
        var both = new PoolRoom($"host=127.0.0.1:{server.Pooler.Port},127.0.0.1:{dying.Port} user={ThrowAwayPgBouncer.Administrator} password={server.Pooler.Password}");
        var plan = await both.PlanAsync(both.Pause());

        var failure = await Assert.ThrowsAsync<IncidentException>(() => both.CarryAsync(plan));

        Assert.Contains("was resumed again", failure.Message, StringComparison.Ordinal);
        Assert.Equal(ReadBack.NotApplied, await both.ReadBackAsync(plan));
    }

    [SkippableTheory]
    [InlineData("md5")]
    [InlineData("plain")]
    [InlineData("trust")]
    public async Task Every_way_to_log_in_that_poolers_know(string way)
    {
        await using var pooler = (await server.StartAsync(new Dictionary<string, string> { ["auth_type"] = way }))!;

        var room = new PoolRoom(pooler.Console);

        Assert.Equal("paused; no server connection is left", Assert.Single(await room.CarryAsync(room.Pause())).Detail);
    }

    [SkippableFact]
    public async Task Why_a_console_did_not_answer_is_told_apart_and_never_with_the_password()
    {
        var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        foreach (var (console, kind) in new[]
        {
            (server.Pooler.Console.Replace(server.Pooler.Password, "s3cr3t-hunter2", StringComparison.Ordinal), FailureKind.DatabaseUnauthenticated),
            ($"host=127.0.0.1 port={FreePort.Take()} user=a password=s3cr3t-hunter2", FailureKind.DatabaseUnreachable),
            ($"host=127.0.0.1 port={((IPEndPoint)silent.LocalEndpoint).Port} user=a password=s3cr3t-hunter2", FailureKind.DatabaseTimeout),
            ($"host=127.0.0.1 port={server.Pooler.Port} user={ThrowAwayPgBouncer.Administrator} password=s3cr3t-hunter2 sslmode=require", FailureKind.DatabaseUntrusted),
            (server.Postgres.Server.ConnectionString.Replace("Password=", "Password=s3cr3t-hunter2", StringComparison.Ordinal), FailureKind.DatabaseUnauthenticated),
            ("", FailureKind.SettingMissing),
        })
        {
            // Only the silent one is waited for to the end.
            var room = new PoolRoom(console, TimeSpan.FromSeconds(kind == FailureKind.DatabaseTimeout ? 1 : 60));
            var failure = await Assert.ThrowsAsync<IncidentException>(() => room.PlanAsync(room.Pause()));
            Assert.True(kind == failure.Kind, $"{kind}: {failure.Kind} {failure.Message}");
            Assert.DoesNotContain("s3cr3t-hunter2", failure.ToString(), StringComparison.Ordinal);
        }

        silent.Stop();
    }

    [Theory]
    [InlineData("r=NONCEx,s=c2FsdA==,i=4096", null, FailureKind.DatabaseUnauthenticated, "without having shown")]
    [InlineData("r=NONCEx,s=c2FsdA==,i=4096", "v=bm90IGl0", FailureKind.DatabaseUnauthenticated, "does not know the password")]
    [InlineData("r=NONCEx,s=***,i=4096", null, FailureKind.DatabaseAnswerInvalid, "is no PgBouncer")]
    [InlineData("r=another,s=c2FsdA==,i=4096", null, FailureKind.DatabaseAnswerInvalid, "makes no sense")]
    public async Task Something_that_only_pretends_to_know_the_password_is_told_nothing(string challenge, string? proof, FailureKind kind, string says)
    {
        using var impostor = new TcpListener(IPAddress.Loopback, 0);
        impostor.Start();
        var playing = Task.Run(async () =>
        {
            using var client = await impostor.AcceptTcpClientAsync();
            var wire = new ConsoleWire(client.GetStream());
            var length = new byte[4];
            await wire.Stream.ReadExactlyAsync(length);
            await wire.Stream.ReadExactlyAsync(new byte[BinaryPrimitives.ReadInt32BigEndian(length) - 4]);
            await AskAsync(wire, 10, "SCRAM-SHA-256\0\0");
            var first = Encoding.UTF8.GetString((await wire.ReceiveAsync(CancellationToken.None)).Rest());
            await AskAsync(wire, 11, challenge.Replace("NONCE", first[(first.IndexOf("r=", StringComparison.Ordinal) + 2)..], StringComparison.Ordinal));
            await wire.ReceiveAsync(CancellationToken.None);
            if (proof is not null) await AskAsync(wire, 12, proof);
            await AskAsync(wire, 0, "");
            return await wire.ReceiveAsync(CancellationToken.None);
        });

        var room = new PoolRoom($"host=127.0.0.1 port={((IPEndPoint)impostor.LocalEndpoint).Port} user=a password=secret sslmode=disable");
        var failure = await Assert.ThrowsAsync<IncidentException>(() => room.PlanAsync(room.Pause()));

        Assert.Equal(kind, failure.Kind);
        Assert.Contains(says, failure.Message, StringComparison.Ordinal);
        await Assert.ThrowsAnyAsync<IOException>(() => playing);
    }

    [Fact]
    public async Task Whether_a_pool_was_resumed_is_not_known_where_the_console_is_not_heard_of_again()
    {
        using var console = new CannedConsole(isPaused: true, last: "RESUME", answersLast: false);
        var room = new PoolRoom(console.Console);
        var plan = await room.PlanAsync(room.Resume());

        var failure = await Assert.ThrowsAsync<IncidentException>(() => room.CarryAsync(plan));

        Assert.Equal(FailureKind.OutcomeUnknown, failure.Kind);
    }

    [Fact]
    public async Task Connections_that_the_pooler_has_said_it_replaces_are_no_failure_because_the_look_after_it_fails()
    {
        using var console = new CannedConsole(isPaused: false, last: "RECONNECT", answersLast: true);
        var room = new PoolRoom(console.Console);

        var result = Assert.Single(await room.CarryAsync(room.Reset()));

        Assert.Contains("was not seen", result.Detail, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task A_service_file_names_the_consoles_port()
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, $"[pool]\nhost=127.0.0.1\nport={server.Pooler.Port}\nuser={ThrowAwayPgBouncer.Administrator}\npassword={server.Pooler.Password}\n");
        var room = new PoolRoom("service=pool", variable: name => name == "PGSERVICEFILE" ? file : null);

        Assert.Equal($"pgbouncer 127.0.0.1:{server.Pooler.Port}", (await room.PlanAsync(room.Reset(reload: true))).Target);
        File.Delete(file);
    }

    private static Task AskAsync(ConsoleWire wire, int kind, string text)
    {
        var body = new MemoryStream();
        ConsoleWire.Number(body, kind);
        body.Write(Encoding.UTF8.GetBytes(text));
        return wire.SendAsync((byte)'R', body.ToArray(), CancellationToken.None);
    }

    [SkippableFact]
    public async Task A_database_called_pgbouncer_is_no_console()
    {
        await server.Postgres.Server.ExecuteAsync("CREATE DATABASE pgbouncer");
        var room = new PoolRoom(server.Postgres.Server.ConnectionString);

        var failure = await Assert.ThrowsAsync<IncidentException>(() => room.PlanAsync(room.Pause()));

        Assert.Equal(FailureKind.DatabaseAnswerInvalid, failure.Kind);
    }
}
