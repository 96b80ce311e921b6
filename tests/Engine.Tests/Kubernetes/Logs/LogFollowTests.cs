using System.Collections.Concurrent;
using MalariaIncident;
using Microsoft.AspNetCore.Http;
using static Engine.Tests.Kubernetes.Logs.LogCluster;

namespace Engine.Tests.Kubernetes.Logs;

/// <summary>A log that is followed goes on where it was, whatever ended it, or it is said that it does not.</summary>
public sealed class LogFollowTests : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 11, 30, 12, 0, 0, 250, TimeSpan.Zero);
    private readonly CancellationTokenSource _end = new(TimeSpan.FromMinutes(2));
    private readonly ConcurrentQueue<string> _lines = [];
    private readonly ConcurrentQueue<string> _notes = [];

    public void Dispose() => _end.Dispose();

    [Fact]
    public async Task Fault_a_cut_connection_is_opened_again_with_no_line_lost_and_none_twice()
    {
        var opened = 0;
        // Three lines of one moment: what was read of it ends between them, and once in the middle of a line.
        string[] log = [Line(Start, "one"), Line(Start, "two"), Line(Start, "three"), Line(Start.AddSeconds(2), "four")];
        await using var cluster = await StartAsync();
        cluster.Pod("api-1", Running("api")).Log("api-1", "api", async (context, stopping) =>
        {
            var whole = Interlocked.Increment(ref opened) switch { 1 => 2, 2 => 3, _ => 4 };
            await WriteAsync(context, string.Concat(log.Take(whole)) + (whole < 4 ? log[whole][..^3] : ""), stopping);
            await UntilAsync(() => _lines.Count >= whole, stopping);
            if (whole < 4)
            {
                context.Abort();
                return;
            }

            await Task.Delay(Timeout.Infinite, stopping);
        });

        await FollowAsync(cluster, () => _lines.Count >= 4);

        Assert.Equal(["one", "two", "three", "four"], _lines);
        Assert.Empty(_notes);
        Assert.Equal(3, opened);
    }

    [Fact]
    public async Task A_line_that_was_ended_in_its_middle_is_told_to_its_end()
    {
        var opened = 0;
        await using var cluster = await StartAsync();
        cluster.Pod("api-1", Running("api")).Log("api-1", "api", (context, stopping) =>
            WriteAsync(context, Line(Start, "one") + Line(Start, "halfway")[..(Interlocked.Increment(ref opened) == 1 ? ^4 : ^0)], stopping));

        await FollowAsync(cluster, () => string.Concat(_lines).EndsWith("halfway", StringComparison.Ordinal));

        Assert.Equal("onehalfway", string.Concat(_lines));
    }

    [Fact]
    public async Task Fault_what_cannot_be_opened_again_is_said_and_the_others_go_on()
    {
        var opened = 0;
        await using var cluster = await StartAsync();
        cluster.Pod("api-1", Running("api")).Pod("api-2", Running("api"))
            .Log("api-1", "api", async (context, stopping) =>
            {
                if (Interlocked.Increment(ref opened) > 1)
                {
                    context.Response.StatusCode = 500;
                    await context.Response.WriteAsync("""{"kind":"Status","apiVersion":"v1","status":"Failure","message":"the node does not answer","code":500}""", stopping);
                    return;
                }

                await WriteAsync(context, Line(Start, "one"), stopping);
                await UntilAsync(() => _lines.Contains("one"), stopping);
                context.Abort();
            })
            .Log("api-2", "api", async (context, stopping) =>
            {
                await WriteAsync(context, "", stopping);
                await UntilAsync(() => _notes.Any(note => note.Contains("the rest is missing", StringComparison.Ordinal)), stopping);
                await WriteAsync(context, Line(Start, "still here"), stopping);
                await Task.Delay(Timeout.Infinite, stopping);
            });

        await FollowAsync(cluster, () => _lines.Contains("still here"));

        Assert.Equal(["one", "still here"], _lines);
        Assert.Collection(
            _notes,
            note => Assert.Contains("the node does not answer. It is tried again for 2 minutes.", note, StringComparison.Ordinal),
            note => Assert.Matches(@"^Reading the log of api-1/api broke off at \d\d:\d\d:\d\d UTC; the rest is missing\. .*the node does not answer", note));
    }

    [Fact]
    public async Task Fault_a_cluster_that_is_gone_ends_the_following()
    {
        await using var cluster = await StartAsync();
        cluster.Pod("api-1", Running("api")).Log("api-1", "api", async (context, stopping) =>
        {
            await WriteAsync(context, Line(Start, "one"), stopping);
            await UntilAsync(() => _lines.Contains("one"), stopping);
            cluster.IsDown = true;
            context.Abort();
        });

        var failure = await Assert.ThrowsAsync<IncidentException>(() => FollowAsync(cluster, () => false));

        Assert.Contains(failure.Kind, new[] { FailureKind.ClusterUnreachable, FailureKind.ClusterTimeout });
        Assert.Equal(["one"], _lines);
    }

    [Fact]
    public async Task The_last_words_of_a_container_are_told_once_also_where_it_waits_to_be_started_again()
    {
        await using var cluster = await StartAsync();
        cluster.Pod("api-1", Running("api", restarts: 1))
            .Log("api-1", "api", async (context, stopping) =>
            {
                await WriteAsync(context, Line(Start, "dying"), stopping);
                cluster.Pod("api-1", Waiting("api", restarts: 1));
            })
            .Log("api-1", "api", Line(Start, "dying") + Line(Start, "dead"), previous: true);

        await FollowAsync(cluster, () => _lines.Contains("dead"));

        Assert.Equal(["dying", "dead"], _lines);
    }

    [Fact]
    public async Task A_log_that_does_not_begin_where_it_was_left_is_said_to_have_a_gap()
    {
        var opened = 0;
        await using var cluster = await StartAsync();
        cluster.Pod("api-1", Running("api")).Log("api-1", "api", (context, stopping) =>
            WriteAsync(context, Interlocked.Increment(ref opened) == 1 ? Line(Start, "one") : Line(Start.AddSeconds(5), "nine"), stopping));

        await FollowAsync(cluster, () => _lines.Contains("nine"));

        Assert.Contains("lines may be missing", Assert.Single(_notes), StringComparison.Ordinal);
    }

    private static async Task<LogCluster> StartAsync()
    {
        var cluster = await LogCluster.StartAsync();
        cluster.Clock = new HurriedClock();
        return cluster;
    }

    private async Task FollowAsync(LogCluster cluster, Func<bool> isEnough)
    {
        await foreach (var item in cluster.Logs.ReadAsync(new Scope(), new LogOptions { Follow = true, Tail = 10 }, _end.Token))
        {
            if (item.Line is { } line)
            {
                _lines.Enqueue(line.Message);
            }
            else
            {
                _notes.Enqueue(item.Note!);
            }

            if (isEnough())
            {
                return;
            }
        }
    }

    private static async Task WriteAsync(HttpContext context, string text, CancellationToken stopping)
    {
        await context.Response.WriteAsync(text, stopping);
        await context.Response.Body.FlushAsync(stopping);
    }

    private static async Task UntilAsync(Func<bool> condition, CancellationToken stopping)
    {
        while (!condition())
        {
            await Task.Delay(10, stopping);
        }
    }

    /// <summary>Thirty seconds of it pass in one.</summary>
    private sealed class HurriedClock : TimeProvider
    {
        private const int Haste = 30;
        private readonly DateTimeOffset _start = System.GetUtcNow();

        public override DateTimeOffset GetUtcNow() => _start + ((System.GetUtcNow() - _start) * Haste);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, dueTime > TimeSpan.Zero ? dueTime / Haste : dueTime, period);
    }
}
