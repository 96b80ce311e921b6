using k8s.Models;
using MalariaIncident.Sandbox.Kubernetes.Storage;

namespace MalariaIncident.Sandbox.Kubernetes.Requests;

/// <summary>A field selector. The server knows a few fields of a few kinds and refuses the others; so does this.</summary>
internal sealed class FieldSelector
{
    private readonly List<(string Field, bool Not, string Value)> _terms = [];

    public bool IsEmpty => _terms.Count == 0;

    public bool Matches(StoredObject stored) => _terms.TrueForAll(term => (Read(stored, term.Field) == term.Value) != term.Not);

    public static FieldSelector Parse(string? text, ResourceKind kind)
    {
        var selector = new FieldSelector();
        foreach (var part in (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            var not = part.Contains("!=", StringComparison.Ordinal);
            if (part.Split(not ? "!=" : part.Contains("==", StringComparison.Ordinal) ? "==" : "=", 2) is not [var field, var value])
                throw ApiException.BadRequest($"invalid selector: '{text}'; can't understand '{part}'");
            if (!Known(kind, field)) throw ApiException.BadRequest(Refusal(kind, field));
            selector._terms.Add((field, not, value));
        }
        return selector;
    }

    /// <summary>Kinds with selectable fields of their own have other words for a refusal than those without.</summary>
    private static string Refusal(ResourceKind kind, string field) =>
        kind == ResourceKinds.Pods || kind == ResourceKinds.Nodes || kind == ResourceKinds.Events || kind == ResourceKinds.Namespaces || kind == ResourceKinds.Secrets
            || kind == ResourceKinds.Services || kind == ResourceKinds.ReplicaSets
            ? $"field label not supported: {field}"
            : $"\"{field}\" is not a known field selector: only \"metadata.name\", \"metadata.namespace\"";

    private static bool Known(ResourceKind kind, string field) => field switch
    {
        "metadata.name" => true,
        "metadata.namespace" => kind.Namespaced,
        "spec.nodeName" or "spec.restartPolicy" or "spec.schedulerName" or "spec.serviceAccountName" or "status.phase" or "status.podIP"
            or "status.nominatedNodeName" => kind == ResourceKinds.Pods || (kind == ResourceKinds.Namespaces && field == "status.phase"),
        "spec.unschedulable" => kind == ResourceKinds.Nodes,
        "type" => kind == ResourceKinds.Secrets || kind == ResourceKinds.Events,
        "spec.clusterIP" or "spec.type" => kind == ResourceKinds.Services,
        "status.replicas" => kind == ResourceKinds.ReplicaSets,
        _ => kind == ResourceKinds.Events && (field.StartsWith("involvedObject.", StringComparison.Ordinal) || field is "reason" or "source" or "reportingComponent"),
    };

    private static string Read(StoredObject stored, string field)
    {
        if (field == "metadata.name") return stored.Name;
        if (field == "metadata.namespace") return stored.Namespace;
        return (stored.Typed switch
        {
            V1Pod pod => field switch
            {
                "spec.nodeName" => pod.Spec.NodeName,
                "spec.restartPolicy" => pod.Spec.RestartPolicy,
                "spec.schedulerName" => pod.Spec.SchedulerName,
                "spec.serviceAccountName" => pod.Spec.ServiceAccountName,
                "status.podIP" => pod.Status?.PodIP,
                "status.nominatedNodeName" => pod.Status?.NominatedNodeName,
                _ => pod.Status?.Phase,
            },
            Corev1Event entry => field switch
            {
                "involvedObject.kind" => entry.InvolvedObject.Kind,
                "involvedObject.name" => entry.InvolvedObject.Name,
                "involvedObject.namespace" => entry.InvolvedObject.NamespaceProperty,
                "involvedObject.uid" => entry.InvolvedObject.Uid,
                "involvedObject.apiVersion" => entry.InvolvedObject.ApiVersion,
                "involvedObject.resourceVersion" => entry.InvolvedObject.ResourceVersion,
                "involvedObject.fieldPath" => entry.InvolvedObject.FieldPath,
                "reason" => entry.Reason,
                "source" => entry.Source?.Component,
                "reportingComponent" => entry.ReportingComponent,
                _ => entry.Type,
            },
            V1Node node => node.Spec?.Unschedulable == true ? "true" : "false",
            V1Namespace space => space.Status?.Phase,
            V1Secret secret => secret.Type,
            V1Service service => field == "spec.type" ? service.Spec.Type : service.Spec.ClusterIP,
            V1ReplicaSet set => set.Status?.Replicas.ToString(),
            _ => null,
        }) ?? "";
    }
}
