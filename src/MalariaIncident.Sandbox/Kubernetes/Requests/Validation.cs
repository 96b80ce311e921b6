using System.Text.RegularExpressions;
using k8s;
using k8s.Models;
using MalariaIncident.Sandbox.Kubernetes.Storage;

namespace MalariaIncident.Sandbox.Kubernetes.Requests;

/// <summary>What the server refuses with 422 among the things that an incident's commands could write.</summary>
internal static partial class Validation
{
    private const string NameRule =
        "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

    public static void Check(ResourceKind kind, IKubernetesObject<V1ObjectMeta> value, IKubernetesObject<V1ObjectMeta>? before)
    {
        var name = value.Metadata.Name;
        if (name.Length > 253 || !Subdomain().IsMatch(name))
            throw ApiException.Invalid(kind, name, "metadata.name", "FieldValueInvalid", $"Invalid value: \"{name}\": {NameRule}");
        switch (value)
        {
            case V1Deployment deployment:
                Workload(kind, name, deployment.Spec?.Replicas, deployment.Spec?.Selector, deployment.Spec?.Template, (before as V1Deployment)?.Spec.Selector);
                break;
            case V1ReplicaSet set:
                Workload(kind, name, set.Spec?.Replicas, set.Spec?.Selector, set.Spec?.Template, (before as V1ReplicaSet)?.Spec.Selector);
                break;
            case V1Pod pod:
                Containers(kind, name, "spec", pod.Spec);
                break;
            case V1Service { Spec: null }:
                throw ApiException.Invalid(kind, name, "spec", "FieldValueRequired", "Required value");
        }
    }

    private static void Workload(ResourceKind kind, string name, int? replicas, V1LabelSelector? selector, V1PodTemplateSpec? template, V1LabelSelector? selectorBefore)
    {
        if (replicas < 0)
            throw ApiException.Invalid(kind, name, "spec.replicas", "FieldValueInvalid", $"Invalid value: {replicas}: must be greater than or equal to 0");
        if (selector is null) throw ApiException.Invalid(kind, name, "spec.selector", "FieldValueRequired", "Required value");
        if (selectorBefore is not null && KubernetesJson.Serialize(selectorBefore) != KubernetesJson.Serialize(selector))
            throw ApiException.Invalid(kind, name, "spec.selector", "FieldValueInvalid", $"Invalid value: {KubernetesJson.Serialize(selector)}: field is immutable");
        var labels = new Dictionary<string, string>(template?.Metadata?.Labels ?? new Dictionary<string, string>(), StringComparer.Ordinal);
        if (!LabelSelector.Matches(selector, labels))
            throw ApiException.Invalid(kind, name, "spec.template.metadata.labels", "FieldValueInvalid",
                $"Invalid value: {KubernetesJson.Serialize(labels)}: `selector` does not match template `labels`");
        Containers(kind, name, "spec.template.spec", template?.Spec);
    }

    private static void Containers(ResourceKind kind, string name, string field, V1PodSpec? spec)
    {
        if (spec?.Containers is not { Count: > 0 } containers)
            throw ApiException.Invalid(kind, name, field + ".containers", "FieldValueRequired", "Required value");
        for (var index = 0; index < containers.Count; index++)
        {
            var (container, at) = (containers[index], $"{field}.containers[{index}]");
            if (string.IsNullOrEmpty(container.Name)) throw ApiException.Invalid(kind, name, at + ".name", "FieldValueRequired", "Required value");
            if (string.IsNullOrEmpty(container.Image)) throw ApiException.Invalid(kind, name, at + ".image", "FieldValueRequired", "Required value");
            foreach (var variable in container.Env ?? [])
                if (variable.ValueFrom is not null && !string.IsNullOrEmpty(variable.Value))
                    throw ApiException.Invalid(kind, name, $"{at}.env[{container.Env!.IndexOf(variable)}].valueFrom", "FieldValueInvalid",
                        "Invalid value: \"\": may not be specified when `value` is not empty");
            foreach (var (resource, request) in container.Resources?.Requests ?? new Dictionary<string, ResourceQuantity>())
                if (container.Resources!.Limits?.TryGetValue(resource, out var limit) == true && request.ToDecimal() > limit.ToDecimal())
                    throw ApiException.Invalid(kind, name, at + ".resources.requests", "FieldValueInvalid",
                        $"Invalid value: \"{request}\": must be less than or equal to {resource} limit of {limit}");
        }
    }

    [GeneratedRegex(@"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\z", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Subdomain();
}
