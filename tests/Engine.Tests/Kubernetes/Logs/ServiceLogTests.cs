using System.Threading.Channels;
using MalariaIncident;
using MalariaIncident.Engine.Kubernetes.Logs;
using Microsoft.AspNetCore.Http;
using static Engine.Tests.Kubernetes.Logs.LogCluster;

namespace Engine.Tests.Kubernetes.Logs;

public sealed class ServiceLogTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 24, 22, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Trap_kubectl_logs_deployment_reads_one_pod_so_all_pods_and_containers_are_read_and_merged_by_time()
    {
        await using var cluster = (await LogCluster.StartAsync())
            .Pod("api-1", Running("api"), Running("proxy"))
            .Pod("api-2", Running("api"))
            .Log("api-1", "api", Line(Start, "a") + Line(Start.AddSeconds(3), "d"))
            .Log("api-1", "proxy", Line(Start.AddSeconds(1), "b"))
            .Log("api-2", "api", Line(Start.AddSeconds(2), "c") + Line(Start.AddSeconds(4), "e without a newline").TrimEnd('\n'));
        var lines = (await cluster.ReadAsync(new LogOptions())).Select(item => item.Line!).ToList();
        Assert.Equal(["a", "b", "c", "d", "e without a newline"], lines.Select(line => line.Message));
        Assert.Equal(["api-1/api", "api-1/proxy", "api-2/api"], lines.Take(3).Select(line => $"{line.Pod}/{line.Container}"));
        Assert.Equal("Read 5 log lines of team/api: 0 errors", Assert.Single(cluster.Journal.Appended).Text);
    }

    [Fact]
    public async Task Trap_crashed_containers_need_previous_and_one_that_waits_is_not_read_twice()
    {
        await using var cluster = (await LogCluster.StartAsync())
            .Pod("api-1", Running("api", restarts: 2), Waiting("crashed", restarts: 5), Waiting("new", restarts: 0))
            .Log("api-1", "api", Line(Start.AddSeconds(2), "now"))
            .Log("api-1", "api", Line(Start, "before"), previous: true)
            .Log("api-1", "crashed", Line(Start.AddSeconds(1), "last words"), previous: true);
        var lines = (await cluster.ReadAsync(new LogOptions { Previous = true })).Select(item => item.Line!).ToList();
        Assert.Equal([("before", true), ("last words", true), ("now", false)], lines.Select(line => (line.Message, line.Previous)));
        Assert.Equal(["last words", "now"], (await cluster.ReadAsync(new LogOptions())).Select(item => item.Line!.Message));
    }

    [Fact]
    public async Task Levels_patterns_pods_and_containers_choose()
    {
        await using var cluster = (await LogCluster.StartAsync())
            .Pod("api-1", Running("api"), Running("proxy"))
            .Pod("api-2", Running("api"))
            .Log("api-1", "api", Line(Start, "ERROR one") + Line(Start, "INFO two") + Line(Start, "three"))
            .Log("api-1", "proxy", Line(Start, "ERROR four"))
            .Log("api-2", "api", Line(Start, "WARN five"));
        async Task<IEnumerable<string>> Read(LogOptions options) => (await cluster.ReadAsync(options)).Select(item => item.Line!.Message.Split(' ')[^1]).Order(StringComparer.Ordinal);
        Assert.Equal(["four", "one"], await Read(new LogOptions { MinimumLevel = LogLevel.Error }));
        Assert.Equal(["five", "one", "three", "two"], await Read(new LogOptions { Containers = ["ap*"] }));
        Assert.Equal(["five"], await Read(new LogOptions { Pods = ["*-2"] }));
        Assert.Equal(["three", "two"], await Read(new LogOptions { Pattern = "t", Pods = ["api-1"], Containers = ["api"] }));
        Assert.Equal(["two"], await Read(new LogOptions { Pattern = "info*" }));
        Assert.Equal(["two"], await Read(new LogOptions { Pattern = "*t[u-w]o", Pods = ["api-[0-9]"], Containers = ["api"] }));
    }

    [Fact]
    public async Task What_limits_is_said_to_the_server_and_names_are_escaped()
    {
        await using var cluster = (await LogCluster.StartAsync()).Pod("api-1", Running("api")).Log("api-1", "api", "");
        await cluster.ReadAsync(new LogOptions { Tail = 7, Since = TimeSpan.FromMinutes(1.5) });
        Assert.Equal("/api/v1/namespaces/team/pods/api-1/log?container=api&timestamps=true&sinceSeconds=90&tailLines=7", Assert.Single(cluster.Asked));
    }

    [Fact]
    public async Task Fault_control_characters_are_stripped_from_the_message_and_kept_raw_for_files()
    {
        await using var cluster = (await LogCluster.StartAsync()).Pod("api-1", Running("api"))
            .Log("api-1", "api", Line(Start, "\u001b[31mred\u001b[0m\u202Etxt\tend") + Line(Start, """{"level":"error","msg":"two\nlines\u001b[2J","n":3,"deep":{"a":[1,true]}}"""));
        var lines = (await cluster.ReadAsync(new LogOptions())).Select(item => item.Line!).ToList();
        Assert.Equal("redtxt    end", lines[0].Message);
        Assert.Equal("\u001b[31mred\u001b[0m\u202Etxt\tend", lines[0].Raw);
        Assert.Equal(("two lines", LogLevel.Error, 3L), (lines[1].Message, lines[1].Level, (long)lines[1].Properties["n"]!));
        Assert.Equal(1L, ((object?[])((IReadOnlyDictionary<string, object?>)lines[1].Properties["deep"]!)["a"]!)[0]);
    }

    [Fact]
    public async Task One_log_that_breaks_is_a_note_and_the_others_go_on()
    {
        var clock = new PatientClock();
        clock.Hold(LogCluster.Patience);
        await using var cluster = (await LogCluster.StartAsync())
            .Pod("api-1", Running("api")).Pod("api-2", Running("api")).Pod("api-3", Running("api")).Pod("api-4", Running("api"))
            .Log("api-1", "api", Line(Start, "whole"))
            .Log("api-2", "api", async (context, stopping) =>
            {
                context.Response.ContentLength = 5000;
                await context.Response.WriteAsync(Line(Start, "first half"), stopping);
                await context.Response.Body.FlushAsync(stopping);
                context.Abort();
            })
            .Log("api-3", "api", async (context, stopping) =>
            {
                await context.Response.WriteAsync(Line(Start, "then silence"), stopping);
                await context.Response.Body.FlushAsync(stopping);
                await Task.Delay(Timeout.Infinite, stopping);
            });
        cluster.Clock = clock;
        var items = new List<LogItem>();
        await foreach (var item in cluster.Logs.ReadAsync(new Scope(), new LogOptions(), CancellationToken.None))
        {
            items.Add(item);
            if (item.Line?.Message == "then silence")
            {
                // The last line that there is: all that is left is to wait in vain.
                clock.Pass();
            }
        }

        // What was on its way when the connection was reset may be lost with it; the note says that something is.
        var messages = items.Where(item => item.Line is not null).Select(item => item.Line!.Message).ToList();
        Assert.Equal(["then silence", "whole"], messages.Where(message => message != "first half").Order(StringComparer.Ordinal));
        var notes = items.Select(item => item.Note).OfType<string>().Order(StringComparer.Ordinal).ToList();
        Assert.Equal(3, notes.Count);
        Assert.Contains(notes, note => note.Contains("api-2", StringComparison.Ordinal) && (note.Contains("cut", StringComparison.Ordinal) || note.Contains("the connection to", StringComparison.Ordinal)));
        Assert.Contains(notes, note => note.Contains("api-3", StringComparison.Ordinal) && note.Contains("deadline", StringComparison.Ordinal));
        Assert.Contains(notes, note => note.Contains("waiting to start", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_note_that_something_is_missing_waits_for_a_slow_reader()
    {
        var channel = Channel.CreateBounded<LogItem>(1);
        await channel.Writer.WriteAsync(new LogItem(null, "the reader is not here yet"));
        var telling = LogFailure.TellAsync(new LogSource("api-1", "api", 0, false, null), new IOException("reset"), channel.Writer, CancellationToken.None);
        Assert.False(telling.IsCompleted);
        await channel.Reader.ReadAsync();
        await telling;
        Assert.Contains("the rest is missing", (await channel.Reader.ReadAsync()).Note, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_line_of_ten_megabytes_comes_in_pieces_and_nothing_is_lost()
    {
        await using var cluster = (await LogCluster.StartAsync()).Pod("api-1", Running("api")).Log("api-1", "api", Line(Start, new string('x', 10_000_000)) + Line(Start, "after"));
        var lines = (await cluster.ReadAsync(new LogOptions())).Select(item => item.Line!).ToList();
        Assert.Equal("after", lines[^1].Message);
        Assert.Equal(10_000_000, lines.SkipLast(1).Sum(line => line.Raw.Length));
        Assert.All(lines, line => Assert.InRange(line.Raw.Length, 1, 65536));
    }

    [Fact]
    public async Task Follow_gives_lines_as_they_come_and_ends_with_the_reader()
    {
        var more = new TaskCompletionSource();
        await using var cluster = (await LogCluster.StartAsync()).Pod("api-1", Running("api")).Log("api-1", "api", async (context, stopping) =>
        {
            await context.Response.WriteAsync(Line(Start, "first"), stopping);
            await context.Response.Body.FlushAsync(stopping);
            await more.Task.WaitAsync(stopping);
            await context.Response.WriteAsync(Line(Start, "second"), stopping);
            await context.Response.Body.FlushAsync(stopping);
            await Task.Delay(Timeout.Infinite, stopping);
        });
        var seen = new List<string>();
        await foreach (var item in cluster.Logs.ReadAsync(new Scope(), new LogOptions { Follow = true }, CancellationToken.None))
        {
            seen.Add(item.Line!.Message);
            if (seen.Count == 2)
            {
                break;
            }

            more.SetResult();
        }

        Assert.Equal(["first", "second"], seen);
        Assert.Contains("follow=true", Assert.Single(cluster.Asked), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_follow_that_the_server_ends_while_the_container_runs_goes_on_where_it_was()
    {
        var opened = 0;
        await using var cluster = (await LogCluster.StartAsync()).Pod("api-1", Running("api")).Log("api-1", "api", async (context, stopping) =>
        {
            await context.Response.WriteAsync(Line(Start, "first") + (++opened == 1 ? "" : Line(Start.AddSeconds(1), "second")), stopping);
        });
        using var end = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        var seen = new List<string>();
        await foreach (var item in cluster.Logs.ReadAsync(new Scope(), new LogOptions { Follow = true, Tail = 10 }, end.Token))
        {
            seen.Add(item.Line!.Message);
            if (seen.Count == 2)
            {
                break;
            }
        }

        Assert.Equal(["first", "second"], seen);
        Assert.Contains("tailLines=10", cluster.Asked[0], StringComparison.Ordinal);
        Assert.DoesNotContain("tailLines", cluster.Asked[1], StringComparison.Ordinal);
        Assert.Contains($"sinceTime={Uri.EscapeDataString($"{Start.UtcDateTime:yyyy-MM-ddTHH:mm:ss}Z")}", cluster.Asked[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reader_that_wants_no_more_stops_the_reading()
    {
        await using var cluster = (await LogCluster.StartAsync()).Pod("api-1", Running("api")).Log("api-1", "api", async (context, stopping) =>
        {
            while (!context.RequestAborted.IsCancellationRequested)
            {
                await context.Response.WriteAsync(Line(Start, "ERROR again"), stopping);
            }
        });
        await foreach (var _ in cluster.Logs.ReadAsync(new Scope { Incident = "INC-2026-0001" }, new LogOptions(), CancellationToken.None))
        {
            break;
        }

        Assert.Equal("Read 1 log line of team/api: 1 error", Assert.Single(cluster.Journal.Appended).Text);
    }

    [Theory]
    [InlineData(0, null)]
    [InlineData(null, -1)]
    public async Task Limits_that_make_no_sense_are_refused(int? tail, int? sinceSeconds)
    {
        await using var cluster = await LogCluster.StartAsync();
        var options = new LogOptions { Tail = tail, Since = sinceSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null };
        Assert.Equal(FailureKind.ArgumentInvalid, (await Assert.ThrowsAsync<IncidentException>(() => cluster.ReadAsync(options))).Kind);
    }

    [Fact]
    public async Task Nothing_to_read_is_said()
    {
        await using var cluster = await LogCluster.StartAsync();
        Assert.Contains("has no pods", (await Assert.ThrowsAsync<IncidentException>(() => cluster.ReadAsync(new LogOptions()))).Message, StringComparison.Ordinal);
        cluster.Pod("api-1", Waiting("api", restarts: 0));
        Assert.Equal(FailureKind.ResourceNotFound, (await Assert.ThrowsAsync<IncidentException>(() => cluster.ReadAsync(new LogOptions()))).Kind);
    }
}
