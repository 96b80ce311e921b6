using System.Globalization;
using System.Text.Json;
using k8s.Models;
using MalariaIncident.Sandbox.World;

namespace MalariaIncident.Sandbox.Simulation;

/// <summary>
/// The log of a container run, written when it is asked for: a line is a function of the pod's uid, the image and the line's number,
/// so that nothing is kept and the same question has the same answer.
/// </summary>
internal sealed class LogBook(TimeProvider clock)
{
    /// <summary>Lines that rotation leaves of a long run.</summary>
    private const int Kept = 3600;
    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(1);

    private readonly List<(DateTimeOffset From, DateTimeOffset? To)> _troubles = [];

    /// <summary>From now on requests fail because of the database, or no longer do.</summary>
    public void DatabaseTrouble(bool trouble)
    {
        lock (_troubles)
        {
            var open = _troubles.Count > 0 && _troubles[^1].To is null;
            if (trouble && !open) _troubles.Add((clock.GetUtcNow(), null));
            if (!trouble && open) _troubles[^1] = (_troubles[^1].From, clock.GetUtcNow());
        }
    }

    /// <summary>Lines of a run from its start (or what is left of it) to a moment, oldest first.</summary>
    public IEnumerable<LogLine> Read(V1Pod pod, V1Container container, ContainerRunSpan run, DateTimeOffset until)
    {
        var end = run.FinishedAt is { } finished && finished < until ? finished : until;
        var seed = Seed(pod.Metadata.Uid + container.Name);
        foreach (var line in Opening(container, run).Where(line => line.Time <= until)) yield return line;
        // Lines are up to a second earlier than their number says: the next number may be due already.
        var count = (long)((end - run.StartedAt) / Pace) + 1;
        for (var number = Math.Max(1, count - Kept); number <= count; number++)
        {
            var line = Routine(container, seed, number, run.StartedAt + (Pace * number) - TimeSpan.FromMilliseconds(Mix(seed ^ (uint)number) % 900));
            if (line.Time <= end) yield return line;
        }
        if (run.FinishedAt is { } last && last <= until)
            foreach (var text in Farewell(container, run)) yield return new(last, text);
    }

    private static IEnumerable<LogLine> Opening(V1Container container, ContainerRunSpan run)
    {
        var start = run.StartedAt;
        if (container.Name != ProductionNames.Container)
        {
            yield return new(start, Entry(start, "INFO", container.Name, $"{container.Image.Split('/')[^1]} started"));
            yield break;
        }
        yield return new(start, Entry(start, "INFO", "malaria.api", $"starting {container.Image.Split('/')[^1]}"));
        var loaded = start.AddMilliseconds(120);
        yield return new(loaded, Entry(loaded, "INFO", "malaria.model", "loading model 2026-07"));
    }

    private LogLine Routine(V1Container container, uint seed, long number, DateTimeOffset time)
    {
        var chance = Mix(seed + (uint)number);
        if (container.Name != ProductionNames.Container)
            return new(time, Entry(time, "INFO", container.Name, $"scrape {number} done in {chance % 40} ms"));
        if (chance % 3 == 0 && InTrouble(time))
            return new(time, Entry(time, "ERROR", "malaria.database", "asyncpg.exceptions.QueryCanceledError: canceling statement due to statement timeout (table predictions)"));
        // An ERROR in a path is not an error; whoever counts words finds out.
        if (chance % 97 == 0) return new(time, Entry(time, "INFO", "malaria.access", "GET /docs/ERROR-codes.html 200"));
        if (chance % 331 == 0) return new(time, Entry(time, "ERROR", "malaria.access", "POST /predict 500 upstream ERA5 timed out"));
        return new(time, Entry(time, chance % 50 == 0 ? "WARNING" : "INFO", "malaria.access", $"POST /predict 200 in {20 + (chance % 180)} ms"));
    }

    private bool InTrouble(DateTimeOffset time)
    {
        lock (_troubles) return _troubles.Exists(trouble => trouble.From <= time && (trouble.To is null || time <= trouble.To));
    }

    private static IEnumerable<string> Farewell(V1Container container, ContainerRunSpan run)
    {
        var time = run.FinishedAt!.Value;
        switch (run.Reason)
        {
            case "OOMKilled":
                yield return Entry(time, "WARNING", "malaria.model", "resident memory 2041 MiB of 2048 MiB");
                break;
            case "Completed":
                yield return Entry(time, "INFO", container.Name, "stopped");
                break;
            default:
                yield return Entry(time, "ERROR", "malaria.model", "model 2026-07 does not fit this release: KeyError: 'rainfall_anomaly'");
                yield return "Traceback (most recent call last):";
                yield return "  File \"/app/malaria/main.py\", line 88, in startup";
                yield return "    predictor = Predictor.load(settings.model_path)";
                yield return "  File \"/app/malaria/predictor.py\", line 41, in load";
                yield return "    scale = features['rainfall_anomaly'].scale";
                yield return "KeyError: 'rainfall_anomaly'";
                yield return Entry(time, "CRITICAL", "malaria.api", $"startup failed, exit code {run.ExitCode}");
                break;
        }
    }

    private static string Entry(DateTimeOffset time, string level, string logger, string message) =>
        $"{{\"timestamp\":\"{time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture)}\",\"level\":\"{level}\",\"logger\":\"{logger}\",\"message\":{JsonSerializer.Serialize(message, Relaxed)}}}";

    private static uint Seed(string text) => text.Aggregate(2166136261u, (seed, letter) => unchecked((seed ^ letter) * 16777619u));

    private static uint Mix(uint value)
    {
        unchecked
        {
            value = (value ^ (value >> 16)) * 0x7feb352d;
            value = (value ^ (value >> 15)) * 0x846ca68b;
            return value ^ (value >> 16);
        }
    }
}

/// <summary>From the start of a container to its end.</summary>
internal sealed record ContainerRunSpan(DateTimeOffset StartedAt, DateTimeOffset? FinishedAt, string? Reason, int ExitCode);
