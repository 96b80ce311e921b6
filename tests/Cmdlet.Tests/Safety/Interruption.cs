using System.Diagnostics;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using Cmdlet.Tests.Harness;

namespace Cmdlet.Tests.Safety;

/// <summary>Ctrl+C at a moment of one's choice: what PowerShell's own console does with it, and how long the prompt took to come back.</summary>
internal static class Interruption
{
    /// <summary>A busy machine may hold any single stop up: what is late every time breaks it.</summary>
    public static readonly TimeSpan Promise = TimeSpan.FromSeconds(2);

    /// <summary>How often it may be.</summary>
    public const int Tries = 8;

    /// <summary>How long the script takes when nobody stops it. Its errors are the test's.</summary>
    public static TimeSpan DurationOf(Shell shell, string script)
    {
        var started = Stopwatch.GetTimestamp();
        var outcome = shell.Run(script);
        Assert.True(outcome.Error is null && outcome.Errors.Count == 0, $"{script}: {outcome.Error} {string.Join("; ", outcome.Errors)}");
        return Stopwatch.GetElapsedTime(started);
    }

    /// <summary>Runs the script and stops it after a while; the time from there to the prompt, less what the machine itself was late.</summary>
    public static TimeSpan Stop(Runspace runspace, string script, TimeSpan after)
    {
        using var shell = PowerShell.Create(runspace);
        shell.AddScript(script);
        var running = shell.BeginInvoke();
        running.AsyncWaitHandle.WaitOne(after);
        using var stall = new Stall();
        var pressed = Stopwatch.GetTimestamp();
        shell.Stop();
        try
        {
            shell.EndInvoke(running);
        }
        catch (RuntimeException)
        {
            // Stopped, or it failed before it was stopped: the record and the world say which, not the exception.
        }

        return Stopwatch.GetElapsedTime(pressed) - stall.Worst;
    }
}
