using System.Text;
using MalariaIncident;
using Microsoft.AspNetCore.Http;
using static Engine.Tests.Kubernetes.Logs.LogCluster;

namespace Engine.Tests.Kubernetes.Logs;

public sealed class ErrorRateTests
{
    private readonly DateTimeOffset Now = DateTimeOffset.UtcNow;

    [Fact]
    public async Task Trap_grep_reads_one_pod_and_exits_1_without_errors_so_a_rate_over_all_pods_is_given()
    {
        await using var cluster = (await LogCluster.StartAsync())
            .Pod("api-1", Running("api")).Pod("api-2", Running("api"))
            .Log("api-1", "api", Lines(Now.AddMinutes(-9), 20, "ERROR user {0} failed") + Line(Now.AddMinutes(-8), "INFO GET /ERROR"))
            .Log("api-2", "api", Line(Now.AddMinutes(-5), """{"level":"critical","msg":"out of memory"}"""));
        var rate = await cluster.MeasureAsync(new ErrorRateOptions());
        Assert.Equal((22, 21), (rate.Lines, rate.Errors));
        Assert.Equal(2.1, rate.PerMinute, 2);
        Assert.Equal((0, false), (rate.BaselinePerMinute, rate.AtBaseline));
        Assert.Equal([("api-1", 20), ("api-2", 1)], rate.Pods.Select(pod => (pod.Pod, pod.Errors)));
        Assert.Equal([("ERROR user # failed", 20), ("out of memory", 1)], rate.TopErrors.Select(shape => (shape.Shape, shape.Count)));
        Assert.Equal((20, 1, 1), (rate.Levels[LogLevel.Error], rate.Levels[LogLevel.Critical], rate.Levels[LogLevel.Information]));

        await using var quiet = (await LogCluster.StartAsync()).Pod("api-1", Running("api")).Log("api-1", "api", Line(Now.AddMinutes(-1), "INFO fine"));
        Assert.Equal((0, true), ((await quiet.MeasureAsync(new ErrorRateOptions())).Errors, (await quiet.MeasureAsync(new ErrorRateOptions())).AtBaseline));
    }

    [Theory]
    [InlineData(60, 10, true)]
    [InlineData(60, 40, false)]
    [InlineData(0, 2, true)]
    [InlineData(0, 10, false)]
    public async Task The_rate_is_held_against_the_time_before(int before, int now, bool expected)
    {
        await using var cluster = (await LogCluster.StartAsync()).Pod("api-1", Running("api"))
            .Log("api-1", "api", Lines(Now.AddMinutes(-60), before, "ERROR a {0}") + Lines(Now.AddMinutes(-9), now, "ERROR b {0}"));
        var rate = await cluster.MeasureAsync(new ErrorRateOptions());
        Assert.Equal(before / 60.0, rate.BaselinePerMinute!.Value, 2);
        Assert.Equal(expected, rate.AtBaseline);
        Assert.Equal(TimeSpan.FromHours(1), rate.BaselineCovered);
    }

    [Fact]
    public async Task The_errors_of_the_incident_itself_are_no_baseline()
    {
        await using var cluster = (await LogCluster.StartAsync()).Pod("api-1", Running("api"))
            .Log("api-1", "api", Lines(Now.AddMinutes(-30), 500, "ERROR storm {0}") + Lines(Now.AddMinutes(-5), 50, "ERROR still {0}"));
        Assert.True((await cluster.MeasureAsync(new ErrorRateOptions())).AtBaseline);
        cluster.IncidentStartedAt = Now.AddMinutes(-35);
        var rate = await cluster.MeasureAsync(new ErrorRateOptions());
        Assert.Equal((0, false), (rate.BaselinePerMinute, rate.AtBaseline));
    }

    [Fact]
    public async Task Pods_that_have_just_started_have_a_rate_and_no_baseline()
    {
        await using var cluster = (await LogCluster.StartAsync()).Pod("api-1", Running("api", since: Now.AddMinutes(-2)))
            .Log("api-1", "api", Lines(Now.AddMinutes(-2), 10, "ERROR {0}"));
        var rate = await cluster.MeasureAsync(new ErrorRateOptions());
        // Five a minute, less what a busy machine is late; over the whole window it would be one.
        Assert.InRange(rate.PerMinute, 2, 5);
        Assert.Null(rate.BaselinePerMinute);
        Assert.Null(rate.AtBaseline);
    }

    [Fact]
    public async Task A_crashed_instance_is_counted_once()
    {
        await using var cluster = (await LogCluster.StartAsync()).Pod("api-1", Waiting("api", restarts: 3))
            .Log("api-1", "api", Line(Now.AddMinutes(-1), "CRITICAL startup failed"), previous: true);
        Assert.Equal(1, (await cluster.MeasureAsync(new ErrorRateOptions())).Errors);
    }

    [Fact]
    public async Task A_log_that_cannot_be_read_is_a_note_and_all_of_them_are_a_failure()
    {
        await using var cluster = (await LogCluster.StartAsync()).Pod("api-1", Running("api")).Pod("api-2", Running("api"))
            .Log("api-1", "api", Line(Now.AddMinutes(-1), "ERROR x"));
        var rate = await cluster.MeasureAsync(new ErrorRateOptions());
        Assert.Equal(1, rate.Errors);
        Assert.Contains("api-2", Assert.Single(rate.Notes), StringComparison.Ordinal);
        Assert.Null(rate.AtBaseline);

        await using var silent = (await LogCluster.StartAsync()).Pod("api-1", Running("api"));
        await Assert.ThrowsAsync<IncidentException>(() => silent.MeasureAsync(new ErrorRateOptions()));
    }

    [Fact]
    public async Task Logs_that_are_all_cut_off_are_a_failure_and_no_silence()
    {
        await using var cluster = (await LogCluster.StartAsync()).Pod("api-1", Running("api")).Log("api-1", "api", async (context, stopping) =>
        {
            await context.Response.WriteAsync(Line(Now.AddMinutes(-1), "INFO fine"), stopping);
            await context.Response.Body.FlushAsync(stopping);
            await Task.Delay(200, stopping);
            context.Abort();
        });
        var failure = await Assert.ThrowsAsync<IncidentException>(() => cluster.MeasureAsync(new ErrorRateOptions()));
        Assert.Equal(FailureKind.ClusterUnreachable, failure.Kind);
        Assert.Contains("api-1/api", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 3600, 1.5)]
    [InlineData(600, -1, 1.5)]
    [InlineData(600, 3600, 0.5)]
    [InlineData(600, 3600, double.NaN)]
    public async Task Options_that_make_no_sense_are_refused(int window, int baseline, double tolerance)
    {
        await using var cluster = await LogCluster.StartAsync();
        var options = new ErrorRateOptions { Window = TimeSpan.FromSeconds(window), Baseline = TimeSpan.FromSeconds(baseline), Tolerance = tolerance };
        Assert.Equal(FailureKind.ArgumentInvalid, (await Assert.ThrowsAsync<IncidentException>(() => cluster.MeasureAsync(options))).Kind);
    }

    private static string Lines(DateTimeOffset from, int count, string text)
    {
        var lines = new StringBuilder();
        for (var index = 0; index < count; index++)
        {
            lines.Append(Line(from.AddMilliseconds(index), string.Format(System.Globalization.CultureInfo.InvariantCulture, text, index)));
        }

        return lines.ToString();
    }
}
