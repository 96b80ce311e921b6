using System.Globalization;
using System.Text;
using k8s.Models;
using MalariaIncident.Sandbox.Kubernetes.Storage;
using MalariaIncident.Sandbox.Simulation;

namespace MalariaIncident.Sandbox.Kubernetes.Requests;

/// <summary>pods/log with all of its options but insecureSkipTLSVerifyBackend.</summary>
internal sealed class PodLogs(ClusterStore store, LogBook book, Nodes nodes, TimeProvider clock)
{
    private static readonly TimeSpan FollowInterval = TimeSpan.FromMilliseconds(200);

    public async Task Answer(ApiCall call, ApiPath path)
    {
        var pod = Find(path);
        var container = Container(pod, call.Query("container"));
        var run = Run(pod, container, call.Flag("previous"));
        if (!nodes.IsReady(pod.Spec.NodeName))
            throw new ApiException(500, "InternalError", $"Get \"https://{nodes.Address(pod.Spec.NodeName)}:10250/containerLogs/{path.Namespace}/{path.Name}/{container.Name}\": dial tcp {nodes.Address(pod.Spec.NodeName)}:10250: connect: connection refused");
        var now = clock.GetUtcNow();
        var since = Since(call, now);
        var lines = book.Read(pod, container, run, now).Where(line => line.Time >= since).ToList();
        if (call.Number("tailLines") is { } tail) lines = [.. lines.Skip(Math.Max(0, lines.Count - Math.Max(0, tail)))];
        var text = Text(lines, call.Flag("timestamps"));
        if (call.Number("limitBytes") is { } limit && limit < text.Length) text = text[..limit];
        var response = call.Http.Response;
        response.ContentType = "text/plain";
        await response.Body.WriteAsync(text, call.Aborted);
        await response.Body.FlushAsync(call.Aborted);
        if (call.Flag("follow")) await FollowAsync(call, path, container, run, now);
    }

    /// <summary>New lines until the run ends or the pod is gone.</summary>
    private async Task FollowAsync(ApiCall call, ApiPath path, V1Container container, ContainerRunSpan run, DateTimeOffset seen)
    {
        while (run.FinishedAt is null)
        {
            await Task.Delay(FollowInterval, call.Aborted);
            if (store.Find(ResourceKinds.Pods, path.Namespace!, path.Name!)?.As<V1Pod>() is not { } pod) return;
            var now = clock.GetUtcNow();
            // Another start time is another run: the one that is followed has ended.
            var current = RunOf(pod, container.Name, previous: false);
            if (current is null || current.StartedAt != run.StartedAt) current = RunOf(pod, container.Name, previous: true);
            if (current is null || current.StartedAt != run.StartedAt) return;
            run = current;
            var from = seen;
            await call.Http.Response.Body.WriteAsync(Text([.. book.Read(pod, container, run, now).Where(line => line.Time > from)], call.Flag("timestamps")), call.Aborted);
            await call.Http.Response.Body.FlushAsync(call.Aborted);
            seen = now;
        }
    }

    private V1Pod Find(ApiPath path) =>
        store.Find(ResourceKinds.Pods, path.Namespace!, path.Name!)?.As<V1Pod>() ?? throw ApiException.NotFound(ResourceKinds.Pods, path.Name!);

    private static V1Container Container(V1Pod pod, string? name)
    {
        if (string.IsNullOrEmpty(name))
            return pod.Spec.Containers.Count == 1 ? pod.Spec.Containers[0] : throw ApiException.BadRequest(
                $"a container name must be specified for pod {pod.Metadata.Name}, choose one of: [{string.Join(' ', pod.Spec.Containers.Select(container => container.Name))}]");
        return pod.Spec.Containers.FirstOrDefault(container => container.Name == name) ?? throw ApiException.BadRequest($"container {name} is not valid for pod {pod.Metadata.Name}");
    }

    private static ContainerRunSpan Run(V1Pod pod, V1Container container, bool previous)
    {
        if (RunOf(pod, container.Name, previous) is { } run) return run;
        if (previous) throw ApiException.BadRequest($"previous terminated container \"{container.Name}\" in pod \"{pod.Metadata.Name}\" not found");
        var reason = pod.Status?.ContainerStatuses?.FirstOrDefault(status => status.Name == container.Name)?.State?.Waiting?.Reason ?? "ContainerCreating";
        throw ApiException.BadRequest($"container \"{container.Name}\" in pod \"{pod.Metadata.Name}\" is waiting to start: {(reason == "ImagePullBackOff" ? "trying and failing to pull image" : reason)}");
    }

    /// <summary>A container that waits for its next start shows the log of its last run, as a kubelet does.</summary>
    private static ContainerRunSpan? RunOf(V1Pod pod, string container, bool previous)
    {
        var status = pod.Status?.ContainerStatuses?.FirstOrDefault(status => status.Name == container);
        if (!previous && status?.State?.Running is { StartedAt: { } started }) return new(new(started), null, null, 0);
        var ended = previous ? status?.LastState?.Terminated : status?.State?.Terminated ?? status?.LastState?.Terminated;
        return ended is { StartedAt: { } start, FinishedAt: { } end } ? new(new(start), new DateTimeOffset(end), ended.Reason, ended.ExitCode) : null;
    }

    private static DateTimeOffset Since(ApiCall call, DateTimeOffset now)
    {
        if (call.Number("sinceSeconds") is { } seconds)
            return seconds > 0 ? now.AddSeconds(-seconds) : throw new ApiException(422, "Invalid", $"PodLogOptions \"\" is invalid: sinceSeconds: Invalid value: {seconds}: must be greater than 0");
        if (call.Query("sinceTime") is not { Length: > 0 } text) return DateTimeOffset.MinValue;
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : throw ApiException.BadRequest($"sinceTime: Invalid value: {text}");
    }

    private static byte[] Text(IReadOnlyCollection<LogLine> lines, bool timestamps)
    {
        var text = new StringBuilder(lines.Count * 120);
        foreach (var line in lines) text.Append(timestamps ? line.Stamped : line.Text).Append('\n');
        return Encoding.UTF8.GetBytes(text.ToString());
    }
}
