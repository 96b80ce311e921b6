using System.Collections.Concurrent;
using MalariaIncident.Engine.Text;

namespace MalariaIncident.Engine.Kubernetes.Health;

/// <summary>Reads suspects whole, bounded: a few of every group of alike pods before the many of one.</summary>
internal sealed class PodDetailReader(ClusterReader reader, HealthOptions options, string? deployment, DetailMemory memory, DateTimeOffset now)
{
    private const int AlikeFirst = 3;
    // Pods of one workload in one state tell the same story.
    private const int AlikeLogs = 2;
    // A log takes a kubelet's time, and nobody reads the fiftieth: as many as the view shows groups.
    private const int MostLogs = 12;
    private const int LongestLog = 32 * 1024;
    private const int LongestLine = 400;
    private static readonly TimeSpan LogPatience = TimeSpan.FromSeconds(5);

    public async Task<List<PodDetail>> ReadAsync(IReadOnlyList<(PodRow Row, PodVerdict Verdict)> suspects, DeploymentIndex index, CancellationToken cancellationToken)
    {
        List<(PodDetail Detail, int Alike)> ordered =
        [
            .. suspects
                .GroupBy(one => (one.Row.Namespace, index.OfPod(one.Row.Namespace, one.Row.Name)?.Name ?? one.Row.Name, one.Row.Status))
                .SelectMany(group => group.Select((one, alike) => (new PodDetail(one.Row, one.Verdict), alike)))
                .OrderBy(one => one.alike / AlikeFirst)
                .ThenByDescending(one => deployment is not null && index.OfPod(one.Item1.Row.Namespace, one.Item1.Row.Name)?.Name == deployment)
                .ThenByDescending(one => Weight(one.Item1.Verdict)),
        ];
        var read = new ConcurrentQueue<PodDetail>();
        await Parallel.ForEachAsync(
            ordered.Take(options.MaximumDetails).Select((one, place) => (one.Detail, WithLog: one.Alike < AlikeLogs && place < MostLogs)),
            new ParallelOptions { MaxDegreeOfParallelism = SurveyReader.AtOnce, CancellationToken = cancellationToken },
            async (one, token) => read.Enqueue(await ReadAsync(one.Detail, one.WithLog, token)));
        memory.Keep(read, options.LogLines);
        return [.. read, .. ordered.Skip(options.MaximumDetails).Select(one => one.Detail)];
    }

    private static int Weight(PodVerdict verdict) => verdict switch
    {
        PodVerdict.Faulty => 5,
        PodVerdict.Unknown => 4,
        PodVerdict.NotReady => 3,
        PodVerdict.Stuck => 2,
        PodVerdict.Restarted => 1,
        _ => 0,
    };

    private async Task<PodDetail> ReadAsync(PodDetail detail, bool withLog, CancellationToken cancellationToken)
    {
        PodRow row = detail.Row;
        string path = $"api/v1/namespaces/{row.Namespace}/pods/{row.Name}";
        if (memory.Recall(detail, options.LogLines, now) is { } recalled)
        {
            return await WithLogAsync(recalled, path, withLog && !recalled.LogIsFinal, cancellationToken);
        }

        try
        {
            PodModel model = await reader.Pods.ReadAsync(
                path, asOf => reader.ObjectAsync($"Reading pod {row.Namespace}/{row.Name}", asOf, "Pod", ModelContext.Default.PodModel, cancellationToken));
            detail = detail with { Model = model, ReadAt = now };
        }
        catch (IncidentException)
        {
            // Gone since, or not to be read: the row alone still makes a finding.
            return detail;
        }

        return await WithLogAsync(detail, path, withLog, cancellationToken);
    }

    private async Task<PodDetail> WithLogAsync(PodDetail detail, string path, bool wanted, CancellationToken cancellationToken) =>
        wanted && options.LogLines > 0 && detail.Trouble is { } trouble && HasRun(trouble) ? await LogAsync(detail, path, trouble, cancellationToken) : detail;

    private static bool HasRun(ContainerStatus container) =>
        container.LastState?.Terminated is not null || container.State?.Terminated is not null || container.State?.Waiting is null;

    private async Task<PodDetail> LogAsync(PodDetail detail, string path, ContainerStatus container, CancellationToken cancellationToken)
    {
        // While it waits to be started again there is no current instance; the one that crashed has the reason.
        bool previous = container.State?.Terminated is null && container.LastState?.Terminated is not null;
        string query = $"container={Uri.EscapeDataString(container.Name)}&tailLines={options.LogLines}&limitBytes={LongestLog}{(previous ? "&previous=true" : "")}";
        try
        {
            string text = await reader.Within(LogPatience).TextAsync("Reading a log", $"{path}/log?{query}", cancellationToken);
            string from = $"log of {container.Name}{(previous ? " (previous instance)" : "")}: ";
            return detail with
            {
                Log =
                [
                    .. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).TakeLast(options.LogLines)
                        .Select(line => from + PlainText.OneLine(line, LongestLine)).Where(line => line.Length > from.Length),
                ],
                LogIsFinal = previous,
            };
        }
        catch (IncidentException failure)
        {
            return detail with { Log = [$"log of {container.Name}: not to be had. {failure.Message}"] };
        }
    }
}
