using k8s.Models;
using MalariaIncident.Sandbox.Kubernetes.Storage;

namespace MalariaIncident.Sandbox.Simulation;

/// <summary>All kubelets in one: starts containers, sees them crash and become ready, writes the pods' status and events.</summary>
internal sealed class Kubelet(ClusterStore store, EventRecorder events, Behaviours behaviours, Nodes nodes, Pace pace, TimeProvider clock)
{
    private sealed record PodRun(List<ContainerRun> Containers, DateTime StartedAt, string Address)
    {
        public DateTimeOffset? EndsAt { get; set; }
        /// <summary>True while the pod's status does not show the latest.</summary>
        public bool Unwritten { get; set; } = true;
    }

    private readonly Dictionary<string, PodRun> _runs = new(StringComparer.Ordinal);
    private readonly ContainerSizes _sizes = new(store);
    private int _addresses = 10;

    /// <summary>Moves one pod as far as the time allows; the answer is when it must be looked at again.</summary>
    public DateTimeOffset? Reconcile(V1Pod pod)
    {
        var node = pod.Spec.NodeName;
        if (node is null || !nodes.IsReady(node)) return null;
        var now = clock.GetUtcNow();
        if (!_runs.TryGetValue(pod.Metadata.Uid, out var run))
        {
            run = new([.. pod.Spec.Containers.Select(container => new ContainerRun(container, now))], store.Now, Address());
            _runs[pod.Metadata.Uid] = run;
        }
        if (pod.Metadata.DeletionTimestamp is not null) return End(pod, run, now);
        var slowness = nodes.IsSlow(node) ? pace.SlowNodeFactor : 1;
        DateTimeOffset? next = null;
        foreach (var container in run.Containers)
        {
            // As its limits are now: they may have been resized since it started.
            var behaviour = behaviours.Of(pod, pod.Spec.Containers.First(current => current.Name == container.Container.Name));
            if (container.Ready && container.NeverReady(behaviour))
            {
                container.Loses();
                run.Unwritten = true;
            }
            while (container.Due(behaviour, pace, slowness) is { } due && due <= now)
            {
                run.Unwritten = true;
                Tell(pod, container, behaviour, container.Phase, container.Advance(behaviour, pace, slowness, now));
            }
            if (container.Due(behaviour, pace, slowness) is { } later && (next is null || later < next)) next = later;
        }
        // A node that was silent left pods that are said to be unready.
        if (run.Unwritten || _sizes.IsStale(pod) || pod.IsReady() != run.Containers.TrueForAll(container => container.Ready)) Write(pod, run);
        run.Unwritten = false;
        return next;
    }

    public void Forget(ISet<string> alive)
    {
        foreach (var uid in _runs.Keys.Where(uid => !alive.Contains(uid)).ToArray()) _runs.Remove(uid);
    }

    private DateTimeOffset? End(V1Pod pod, PodRun run, DateTimeOffset now)
    {
        if (run.EndsAt is null)
        {
            run.EndsAt = now + pace.Termination;
            foreach (var container in run.Containers.Where(container => container.Phase == ContainerPhase.Running))
                Record(pod, container, "Normal", "Killing", $"Stopping container {container.Container.Name}");
        }
        if (now < run.EndsAt) return run.EndsAt;
        _runs.Remove(pod.Metadata.Uid);
        if (store.Find(ResourceKinds.Pods, pod.Metadata.NamespaceProperty, pod.Metadata.Name) is { } stored && stored.Uid == pod.Metadata.Uid) store.Remove(stored);
        return null;
    }

    private void Tell(V1Pod pod, ContainerRun run, Behaviour behaviour, ContainerPhase before, ContainerPhase after)
    {
        var (name, image) = (run.Container.Name, run.Container.Image);
        switch (before, after)
        {
            case (_, ContainerPhase.ImagePullBackOff):
                Record(pod, run, "Normal", "Pulling", $"Pulling image \"{image}\"");
                Record(pod, run, "Warning", "Failed", $"Failed to pull image \"{image}\": rpc error: code = NotFound desc = failed to pull and unpack image \"{image}\": failed to resolve reference \"{image}\": {image}: not found");
                Record(pod, run, "Warning", "Failed", "Error: ErrImagePull");
                Record(pod, run, "Normal", "BackOff", $"Back-off pulling image \"{image}\"");
                break;
            case (ContainerPhase.Running, ContainerPhase.Running) when run.Ready || run.Since < clock.GetUtcNow():
                break;
            case (_, ContainerPhase.Running):
                Record(pod, run, "Normal", "Pulled", $"Container image \"{image}\" already present on machine");
                Record(pod, run, "Normal", "Created", $"Created container: {name}");
                Record(pod, run, "Normal", "Started", $"Started container {name}");
                if (behaviour is { NeverReady: true, EndsAfter: null })
                    Record(pod, run, "Warning", "Unhealthy", "Readiness probe failed: HTTP probe failed with statuscode: 503");
                break;
            case (ContainerPhase.Running, ContainerPhase.CrashLoopBackOff):
                Record(pod, run, "Warning", "BackOff",
                    $"Back-off restarting failed container {name} in pod {pod.Metadata.Name}_{pod.Metadata.NamespaceProperty}({pod.Metadata.Uid})");
                break;
        }
    }

    private void Record(V1Pod pod, ContainerRun run, string type, string reason, string message) =>
        events.Record(pod, type, reason, message, "kubelet", pod.Spec.NodeName, $"spec.containers{{{run.Container.Name}}}");

    private void Write(V1Pod pod, PodRun run) => store.Update<V1Pod>(ResourceKinds.Pods, pod.Metadata.NamespaceProperty, pod.Metadata.Name, copy =>
    {
        var status = copy.Status ??= new();
        var started = run.Containers.TrueForAll(container => container.Phase is ContainerPhase.Running or ContainerPhase.CrashLoopBackOff || container.Restarts > 0);
        status.Phase = started ? "Running" : "Pending";
        status.StartTime ??= run.StartedAt;
        status.HostIP = nodes.Address(pod.Spec.NodeName);
        status.HostIPs = [new() { Ip = status.HostIP }];
        status.PodIP = run.Address;
        status.PodIPs = [new() { Ip = run.Address }];
        status.QosClass ??= "Burstable";
        var former = (copy.Status.ContainerStatuses ?? []).ToDictionary(container => container.Name, StringComparer.Ordinal);
        status.ContainerStatuses = [.. run.Containers.Select(Status)];
        foreach (var container in status.ContainerStatuses) container.Resources = former.GetValueOrDefault(container.Name)?.Resources;
        _sizes.Write(pod, status);
        var unready = run.Containers.Where(container => !container.Ready).Select(container => container.Container.Name).ToArray();
        var reason = unready.Length == 0 ? null : "ContainersNotReady";
        var message = unready.Length == 0 ? null : $"containers with unready status: [{string.Join(' ', unready)}]";
        status.Set("PodReadyToStartContainers", true, store.Now);
        status.Set("Initialized", true, store.Now);
        status.Set("Ready", unready.Length == 0, store.Now, reason, message);
        status.Set("ContainersReady", unready.Length == 0, store.Now, reason, message);
        status.Set("PodScheduled", true, store.Now);
    });

    private V1ContainerStatus Status(ContainerRun run) => new()
    {
        Name = run.Container.Name,
        Image = run.Container.Image,
        ImageID = run.Phase is ContainerPhase.Creating or ContainerPhase.ImagePullBackOff
            ? "" : $"{run.Container.Image.Split(':')[0]}@sha256:{Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(run.Container.Image)))}",
        ContainerID = run.Phase == ContainerPhase.Running ? run.Id : run.Last?.ContainerID,
        Ready = run.Ready,
        Started = run.Phase == ContainerPhase.Running,
        RestartCount = run.Restarts,
        LastState = new() { Terminated = run.Last },
        State = run.Phase switch
        {
            ContainerPhase.Creating => new() { Waiting = new() { Reason = "ContainerCreating" } },
            ContainerPhase.ImagePullBackOff => new() { Waiting = new() { Reason = "ImagePullBackOff", Message = $"Back-off pulling image \"{run.Container.Image}\"" } },
            ContainerPhase.CrashLoopBackOff => new()
            {
                Waiting = new() { Reason = "CrashLoopBackOff", Message = $"back-off {run.BackOff(pace).TotalSeconds:0}s restarting failed container={run.Container.Name}" },
            },
            _ => new() { Running = new() { StartedAt = ContainerRun.Utc(run.Since) } },
        },
    };

    private string Address()
    {
        _addresses++;
        return $"10.244.{1 + (_addresses / 250)}.{1 + (_addresses % 250)}";
    }
}
