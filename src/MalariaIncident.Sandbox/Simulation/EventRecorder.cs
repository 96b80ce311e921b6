using k8s;
using k8s.Models;
using MalariaIncident.Sandbox.Kubernetes.Storage;

namespace MalariaIncident.Sandbox.Simulation;

/// <summary>Writes events as the components of a cluster do: the same one again only counts up.</summary>
internal sealed class EventRecorder(ClusterStore store)
{
    private static readonly TimeSpan TimeToLive = TimeSpan.FromHours(1);

    public void Record(IKubernetesObject<V1ObjectMeta> about, string type, string reason, string message, string component, string? host = null, string? field = null)
    {
        var ns = about.Metadata.NamespaceProperty ?? "default";
        var known = store.List(ResourceKinds.Events, ns, out _).FirstOrDefault(stored => stored.As<Corev1Event>() is var entry
            && entry.InvolvedObject.Uid == about.Metadata.Uid && entry.Reason == reason && entry.Message == message && entry.InvolvedObject.FieldPath == field);
        if (known is not null)
        {
            store.Update<Corev1Event>(ResourceKinds.Events, ns, known.Name, entry => (entry.Count, entry.LastTimestamp) = ((entry.Count ?? 1) + 1, store.Now));
            return;
        }
        store.Add(ResourceKinds.Events, new Corev1Event
        {
            Metadata = new() { Name = $"{about.Metadata.Name}.{store.Version:x16}", NamespaceProperty = ns },
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
