using System.Diagnostics;
using System.Runtime.Versioning;

namespace MalariaIncident.Sandbox.Databases;

/// <summary>
/// A server that never outlives this process. A shell stands between: it reads a pipe whose other end we hold, and ends the server
/// when the pipe closes, which the kernel does for us even after a kill -9. (PR_SET_PDEATHSIG would fire when the thread
/// that started the server ends, and thread pool threads end at any time.)
/// </summary>
[UnsupportedOSPlatform("windows")]
internal sealed class ChildServer : IAsyncDisposable
{
    private const string Guard =
        """
        log=$1; gentle=$2; shift 2
        exec 3<&0
        "$@" >>"$log" 2>&1 </dev/null 3<&- &
        child=$!
        (
          read -r _ <&3
          family="$child $(cat /proc/"$child"/task/"$child"/children 2>/dev/null)"
          kill -s "$gentle" "$child" 2>/dev/null
          # A frozen process takes no signal until it goes on.
          kill -s CONT $family 2>/dev/null
          tries=0
          while kill -0 "$child" 2>/dev/null && [ "$tries" -lt 50 ]; do sleep 0.1; tries=$((tries + 1)); done
          kill -s KILL $family 2>/dev/null
        ) >/dev/null 2>&1 &
        watcher=$!
        wait "$child"
        kill "$watcher" 2>/dev/null
        """;

    private readonly Process guard;

    private ChildServer(Process guard) => this.guard = guard;

    public bool HasExited => guard.HasExited;

    /// <param name="command">Program and arguments.</param>
    /// <param name="log">File that takes what the server prints.</param>
    /// <param name="gentleSignal">Signal that makes it end soon: QUIT for PostgreSQL (immediate shutdown), TERM otherwise.</param>
    public static ChildServer Start(IReadOnlyList<string> command, string log, string gentleSignal)
    {
        IReadOnlyList<string> line = ["/bin/sh", "-c", Guard, "sh", log, gentleSignal, .. command];
        // In a session of its own, so that Ctrl+C at our prompt does not reach the server.
        if (ExecutablePath.Find("setsid") is { } setsid)
        {
            line = [setsid, .. line];
        }

        var start = new ProcessStartInfo(line[0], line.Skip(1)) { UseShellExecute = false, RedirectStandardInput = true, WorkingDirectory = "/" };
        return new(Process.Start(start) ?? throw new InvalidOperationException($"{command[0]} did not start."));
    }

    /// <summary>The end of what a server printed into <paramref name="log"/>, for whoever has to say why it did not start.</summary>
    public static async Task<string> LastWordsAsync(string log) => File.Exists(log) ? string.Join(' ', (await File.ReadAllLinesAsync(log)).TakeLast(5)) : "it left no log.";

    public async ValueTask DisposeAsync()
    {
        try
        {
            guard.StandardInput.Close();
        }
        catch (IOException)
        {
            // The guard is gone already.
        }

        await guard.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(1));
        guard.Dispose();
    }
}
