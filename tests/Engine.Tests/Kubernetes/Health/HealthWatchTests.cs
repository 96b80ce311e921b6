using Engine.Tests.Http;
using MalariaIncident;
using MalariaIncident.Engine.Kubernetes.Health;

namespace Engine.Tests.Kubernetes.Health;

/// <summary>Looking again and again: what is shown, and what is remembered of it.</summary>
public sealed class HealthWatchTests
{
    private readonly RecordingJournal journal = new();

    [Fact]
    public async Task A_cluster_that_goes_away_leaves_its_last_picture_with_its_age_and_is_read_again_when_it_is_back()
    {
        var looks = await WatchAsync(5, Calm, Away, Away, Calm, Calm);
        Assert.Equal([1, 2, 3, 4, 5], looks.Select(look => look.Look));
        Assert.Equal([true, false, false, true, true], looks.Select(look => look.Healthy));
        Assert.All(looks[1..3], look => Assert.Equal(("gone", looks[0].Time), (look.Failure, look.Time)));
        Assert.True(looks[2].Age > looks[1].Age && looks[1].Age > TimeSpan.Zero);
        Assert.Null(looks[3].Failure);
        Assert.Contains("OLD PICTURE", looks[1].Describe(), StringComparison.Ordinal);
        Assert.Contains("gone", looks[1].Describe(), StringComparison.Ordinal);
        // Once that it is away, once that it is back, whatever the number of looks.
        Assert.Equal(3, journal.Appended.Count);
        Assert.Contains("cannot be read since", journal.Appended[1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cluster_that_cannot_be_read_at_all_is_an_error_as_without_a_watch() =>
        await TransportFixture.FailsAsync(FailureKind.ClusterUnreachable, WatchAsync(1, Away));

    [Fact]
    public async Task A_cluster_that_does_not_answer_does_not_freeze_the_picture()
    {
        var answered = new TaskCompletionSource<ClusterHealth>();
        int number = 0;
        var watch = new HealthWatch(_ => number++ == 0 ? Task.FromResult(Calm()) : answered.Task, new HealthMemo(journal), TimeSpan.FromSeconds(1), new HurriedClock());
        var looks = new List<ClusterHealth>();
        await foreach (var look in watch.ReadAsync(CancellationToken.None))
        {
            looks.Add(look);
            if (looks.Count == 3)
            {
                answered.SetResult(Calm());
            }

            if (look.Look > 3 && look.Failure is null)
            {
                break;
            }
        }

        Assert.Contains("has not come", looks[1].Failure, StringComparison.Ordinal);
        Assert.Contains("has not come", looks[2].Failure, StringComparison.Ordinal);
        Assert.False(looks[2].Healthy);
        Assert.True(looks[^1].Healthy);
    }

    [Fact]
    public async Task A_watch_ends_with_its_token_also_while_nobody_answers()
    {
        using var stop = new CancellationTokenSource();
        int number = 0;
        var watch = new HealthWatch(
            async token =>
            {
                if (number++ > 0)
                {
                    stop.CancelAfter(TimeSpan.FromMilliseconds(20));
                    await Task.Delay(Timeout.Infinite, token);
                }

                return Calm();
            },
            new HealthMemo(journal),
            TimeSpan.FromMilliseconds(1),
            TimeProvider.System);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var look in watch.ReadAsync(stop.Token))
            {
                Assert.NotNull(look.Look);
            }
        });
    }

    [Fact]
    public async Task Looks_that_show_the_same_are_remembered_once()
    {
        await WatchAsync(6, Calm);
        Assert.Single(journal.Appended);
    }

    [Fact]
    public async Task A_crash_loop_that_runs_between_its_crashes_is_one_story()
    {
        await WatchAsync(8, Calm, Crashing, Calm, Crashing, Calm, Crashing, Calm, Crashing);
        Assert.Equal(2, journal.Appended.Count);
    }

    [Fact]
    public async Task What_is_wrong_anew_is_remembered_and_so_is_an_end_that_lasts()
    {
        await WatchAsync(6, Calm, Crashing, () => Sick("ImagePullBackOff"), Calm, Calm, Calm);
        Assert.Equal(["nothing is wrong", "CrashLoopBackOff", "ImagePullBackOff", "nothing is wrong"], journal.Appended.Select(entry => entry.Text.Split(' ') is var words && entry.Text.Contains("nothing is wrong", StringComparison.Ordinal) ? "nothing is wrong" : words[^1]));
    }

    private static ClusterHealth Calm() => Picture([]);

    private static ClusterHealth Crashing() => Sick("CrashLoopBackOff");

    private static ClusterHealth Away() => throw new IncidentException(FailureKind.ClusterUnreachable, "gone");

    private static ClusterHealth Sick(string reason) =>
        Picture([new HealthFinding { Severity = FindingSeverity.Critical, ObjectKind = "Pod", Namespace = "team", Name = $"api-{Guid.NewGuid():N}", Deployment = "api", Reason = reason, Message = "m" }]);

    private static ClusterHealth Picture(IReadOnlyList<HealthFinding> findings) =>
        new() { Context = "c", Time = DateTimeOffset.UtcNow, Nodes = 1, ReadyNodes = 1, Pods = 1, ReadyPods = 1, Findings = findings };

    private async Task<List<ClusterHealth>> WatchAsync(int count, params Func<ClusterHealth>[] pictures)
    {
        int number = 0;
        Task<ClusterHealth> LookAsync(CancellationToken token)
        {
            try
            {
                return Task.FromResult(pictures[Math.Min(number++, pictures.Length - 1)]());
            }
            catch (IncidentException failure)
            {
                return Task.FromException<ClusterHealth>(failure);
            }
        }

        var looks = new List<ClusterHealth>();
        await foreach (var look in new HealthWatch(LookAsync, new HealthMemo(journal), TimeSpan.FromMilliseconds(5), TimeProvider.System).ReadAsync(CancellationToken.None))
        {
            looks.Add(look);
            if (looks.Count == count)
            {
                break;
            }
        }

        return looks;
    }

    /// <summary>Lets what should take seconds take milliseconds.</summary>
    private sealed class HurriedClock : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, dueTime > TimeSpan.Zero ? dueTime / 500 : dueTime, period);
    }
}
