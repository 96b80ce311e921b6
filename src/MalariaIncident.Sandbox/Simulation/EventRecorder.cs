using k8s;
using k8s.Models;
using MalariaIncident.Sandbox.Kubernetes.Storage;

namespace MalariaIncident.Sandbox.Simulation;

/// <summary>Writes events as the components of a cluster do: the same one again only counts up.</summary>
internal sealed class EventRecorder(ClusterStore store)
{
    private static readonly TimeSpan TimeToLive = TimeSpan.FromHours(1);
    private readonly Dictionary<(string Uid, string Reason, string Message, string Field), string> _known = [];

    public void Record(IKubernetesObject<V1ObjectMeta> about, string type, string reason, string message, string component, string? host = null, string? field = null)
    {
        var ns = about.Metadata.NamespaceProperty ?? "default";
        var key = (about.Metadata.Uid, reason, message, field ?? "");
        if (_known.TryGetValue(key, out var known)
            && store.Update<Corev1Event>(ResourceKinds.Events, ns, known, entry => (entry.Count, entry.LastTimestamp) = ((entry.Count ?? 1) + 1, store.Now)) is not null) return;
        var name = _known[key] = $"{about.Metadata.Name}.{store.Version:x16}";
        store.Add(ResourceKinds.Events, new Corev1Event
        {
            Metadata = new() { Name = name, NamespaceProperty = ns },
            InvolvedObject = new()
            {
                ApiVersion = about.ApiVersion,
                Kind = about.Kind,
                Name = about.Metadata.Name,
                NamespaceProperty = about.Metadata.NamespaceProperty,
                Uid = about.Metadata.Uid,
                ResourceVersion = about.Metadata.ResourceVersion,
                FieldPath = field,
            },
            Type = type,
            Reason = reason,
            Message = message,
            Source = new() { Component = component, Host = host },
            ReportingComponent = component,
            FirstTimestamp = store.Now,
            LastTimestamp = store.Now,
            Count = 1,
        });
    }

    /// <summary>Events live for an hour, as with the server's default.</summary>
    public void Prune()
    {
        var oldest = store.Now - TimeToLive;
        foreach (var stored in store.List(ResourceKinds.Events, null, out _))
            if (stored.As<Corev1Event>().LastTimestamp < oldest) store.Remove(stored);
    }
}
