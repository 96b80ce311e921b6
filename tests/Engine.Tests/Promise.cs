using System.Diagnostics;

namespace Engine.Tests;

/// <summary>
/// Promises about time. A busy machine may hold any single try up, so that the best of a few is held against the promise: code that breaks it is late every time.
/// </summary>
internal static class Promise
{
    private const int Tries = 8;

    public static Task WithinAsync(TimeSpan limit, Func<Task> act) => WithinAsync(limit, async () =>
    {
        await act();
        return true;
    });

    /// <summary>The answer of the try that kept it.</summary>
    public static async Task<T> WithinAsync<T>(TimeSpan limit, Func<Task<T>> act)
    {
        T answer = default!;
        await WithinAsync(limit, async () =>
        {
            var clock = Stopwatch.StartNew();
            answer = await act();
            return clock.Elapsed;
        });
        return answer;
    }

    /// <summary>For what says itself how much of its time was promised.</summary>
    public static async Task WithinAsync(TimeSpan limit, Func<Task<TimeSpan>> act)
    {
        for (var tries = 1; await act() is var took && took >= limit; tries++)
        {
            Assert.True(tries < Tries, $"{tries} times in a row it took longer than {limit}, at last {took}");
        }
    }
}
