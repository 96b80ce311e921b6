using System.Runtime.CompilerServices;
using MalariaIncident.Engine.Mitigations;

namespace Engine.Tests.Mitigations;

public sealed class BatchesTests
{
    [Fact]
    public async Task What_is_there_comes_together_and_what_comes_alone_does_not_wait()
    {
        var gate = new TaskCompletionSource();
        var batches = new List<IReadOnlyList<int>>();
        await foreach (var batch in Batches.Of(Source()))
        {
            batches.Add(batch);
            gate.TrySetResult();
        }

        Assert.Equal([[1, 2], [3]], batches);

        async IAsyncEnumerable<int> Source()
        {
            yield return 1;
            yield return 2;
            await gate.Task;
            yield return 3;
        }
    }

    [Fact]
    public async Task A_reader_that_leaves_leaves_nothing_running_and_sees_its_own_failure()
    {
        using var stop = new CancellationTokenSource();
        var hasEnded = false;
        await Assert.ThrowsAsync<IOException>(async () =>
        {
            await foreach (var _ in Batches.Of(Source(stop.Token)))
            {
                stop.CancelAfter(TimeSpan.FromMilliseconds(100));
                throw new IOException("the store is full");
            }
        });
        Assert.True(hasEnded, "the source went on after its reader had left");

        async IAsyncEnumerable<int> Source([EnumeratorCancellation] CancellationToken token)
        {
            try
            {
                yield return 1;
                await Task.Delay(Timeout.Infinite, token);
                yield return 2;
            }
            finally
            {
                hasEnded = true;
            }
        }
    }

    [Fact]
    public async Task A_failure_of_the_source_comes_after_what_it_gave()
    {
        var got = new List<int>();
        await Assert.ThrowsAsync<InvalidOperationException>(async () =>
        {
            await foreach (var batch in Batches.Of(Source()))
            {
                got.AddRange(batch);
            }
        });
        Assert.Equal([1], got);

        static async IAsyncEnumerable<int> Source()
        {
            yield return 1;
            await Task.Yield();
            throw new InvalidOperationException("lost");
        }
    }
}
