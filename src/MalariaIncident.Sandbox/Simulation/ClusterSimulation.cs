using k8s.Models;
using MalariaIncident.Sandbox.Kubernetes.Storage;

namespace MalariaIncident.Sandbox.Simulation;

/// <summary>
/// The controllers and kubelets of the cluster. They look at everything whenever something changed or fell due, until nothing changes
/// any more. Time can be played forward, which is how the world gets a past.
/// </summary>
internal sealed class ClusterSimulation : IAsyncDisposable
{
    private const int MaximumRounds = 200;
    private readonly ClusterStore _store;
    private readonly SandboxClock _clock;
    private readonly EventRecorder _events;
    private readonly DeploymentController _deployments;
    private readonly ReplicaSetController _replicaSets;
    private readonly EndpointsController _endpoints;
    private readonly DisruptionController _disruptions;
    private readonly AutoscalerController _autoscalers;
    private readonly QuotaController _quotas;
    private readonly Kubelet _kubelet;
    private readonly CancellationTokenSource _stop = new();
    private Task _loop = Task.CompletedTask;

    public ClusterSimulation(ClusterStore store, SandboxClock clock, Pace pace)
    {
        (_store, _clock) = (store, clock);
        _events = new(store);
        Behaviours = new(pace);
        Nodes = new(store, _events, pace);
        _deployments = new(store, _events);
        _quotas = new(store);
        _replicaSets = new(store, _events, _quotas);
        _endpoints = new(store);
        _disruptions = new(store);
        _autoscalers = new(store, _events);
        _kubelet = new(store, _events, Behaviours, Nodes, pace, clock);
    }

    public Behaviours Behaviours { get; }
    public Nodes Nodes { get; }

    /// <summary>Namespaces whose pods are scenery: no controller looks at them, however many there are.</summary>
    public HashSet<string> Scenery { get; } = new(StringComparer.Ordinal);

    /// <summary>True while services are not followed by their endpoints.</summary>
    public bool EndpointsStandStill { get; set; }

    /// <summary>True while nothing follows anything: no controller acts, and no container starts, ends or becomes ready.</summary>
    public bool StandsStill { get; set; }

    /// <summary>Plays everything that happens until a time, at the speed of the machine.</summary>
    public void PlayUntil(DateTimeOffset end)
    {
        lock (_store.Gate)
        {
            while (Settle() is { } due && due <= end)
                if (due > _clock.GetUtcNow()) _clock.Hold(due);
            if (end > _clock.GetUtcNow()) _clock.Hold(end);
            Settle();
            _events.Prune();
        }
    }

    /// <summary>Plays a span of the future; the sandbox is ahead of the real time from then on.</summary>
    public void Advance(TimeSpan span)
    {
        lock (_store.Gate)
        {
            var now = _clock.GetUtcNow();
            _clock.Hold(now);
            PlayUntil(now + span);
            _clock.Release();
        }
    }

    public void Start()
    {
        _clock.Release();
        _loop = Task.Run(() => RunAsync(_stop.Token), _stop.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            DateTimeOffset? due;
            Task changed;
            lock (_store.Gate)
            {
                due = StandsStill ? null : Settle();
                _store.ChangesAfter(_store.Version, out _, out changed);
            }
            var pause = due is { } next ? next - _clock.GetUtcNow() : TimeSpan.FromMinutes(5);
            if (pause <= TimeSpan.Zero) pause = TimeSpan.FromMilliseconds(1);
            using var waiting = CancellationTokenSource.CreateLinkedTokenSource(stop);
            await Task.WhenAny(changed, Task.Delay(pause < TimeSpan.FromMinutes(5) ? pause : TimeSpan.FromMinutes(5), waiting.Token));
            await waiting.CancelAsync();
        }
    }

    /// <summary>Rounds until nothing changes; the answer is the next time at which something is due.</summary>
    private DateTimeOffset? Settle()
    {
        for (var round = 0; ; round++)
        {
            var before = _store.Version;
            var due = Round();
            if (_store.Version == before || round == MaximumRounds) return due;
        }
    }

    private DateTimeOffset? Round()
    {
        DateTimeOffset? due = null;
        void Mind(DateTimeOffset? next)
        {
            if (next is not null && (due is null || next < due)) due = next;
        }
        foreach (var ns in _store.List(ResourceKinds.Namespaces, null, out _).Select(stored => stored.Name).Where(name => !Scenery.Contains(name)))
        {
            foreach (var scaler in _store.All<V2HorizontalPodAutoscaler>(ResourceKinds.HorizontalPodAutoscalers, ns)) _autoscalers.Reconcile(scaler);
            foreach (var deployment in _store.All<V1Deployment>(ResourceKinds.Deployments, ns)) Mind(_deployments.Reconcile(deployment) is { } deadline ? new DateTimeOffset(deadline) : null);
            foreach (var set in _store.All<V1ReplicaSet>(ResourceKinds.ReplicaSets, ns)) _replicaSets.Reconcile(set);
            foreach (var set in _store.All<V1StatefulSet>(ResourceKinds.StatefulSets, ns)) _replicaSets.Reconcile(set);
            var pods = _store.All<V1Pod>(ResourceKinds.Pods, ns).ToList();
            foreach (var pod in pods.Where(pod => pod.Spec.NodeName is null && pod.IsActive()))
                Nodes.Schedule(pod, [.. _store.All<V1Pod>(ResourceKinds.Pods, ns)]);
            foreach (var pod in _store.All<V1Pod>(ResourceKinds.Pods, ns).ToList())
            {
                if (pod.Spec.NodeName is not null) Mind(Nodes.Desert(pod));
                else if (pod.Metadata.DeletionTimestamp is not null && _store.Find(ResourceKinds.Pods, ns, pod.Metadata.Name) is { } unscheduled) _store.Remove(unscheduled);
                Mind(_kubelet.Reconcile(pod));
            }
            foreach (var budget in _store.All<V1PodDisruptionBudget>(ResourceKinds.PodDisruptionBudgets, ns)) _disruptions.Reconcile(budget);
            if (EndpointsStandStill) continue;
            foreach (var service in _store.All<V1Service>(ResourceKinds.Services, ns)) _endpoints.Reconcile(service);
            foreach (var quota in _store.All<V1ResourceQuota>(ResourceKinds.ResourceQuotas, ns)) _quotas.Reconcile(quota);
        }
        return due;
    }
}
