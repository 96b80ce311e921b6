using System.Text.Json.Nodes;
using MalariaIncident.Engine.Text;

namespace MalariaIncident.Engine.Kubernetes.Rollouts;

/// <summary>Somebody who holds an object to another description and would put a change by hand back: Argo CD, Flux, an operator.</summary>
internal static class OtherOwner
{
    private static readonly (string Key, string Name)[] Marks =
    [
        ("argocd.argoproj.io/tracking-id", "Argo CD"),
        ("argocd.argoproj.io/instance", "Argo CD"),
        ("kustomize.toolkit.fluxcd.io/name", "Flux (Kustomization)"),
        ("helm.toolkit.fluxcd.io/name", "Flux (HelmRelease)"),
    ];

    private static readonly Dictionary<string, string> Managers = new(StringComparer.Ordinal)
    {
        ["argocd-controller"] = "Argo CD",
        ["argocd-application-controller"] = "Argo CD",
        ["kustomize-controller"] = "Flux (Kustomization)",
        ["helm-controller"] = "Flux (HelmRelease)",
    };

    /// <summary>Who, and how that is known; null for nobody.</summary>
    public static string? Of(DeploymentSnapshot deployment) => Of(deployment.Content);

    /// <summary>The same for an object of any kind.</summary>
    public static string? Of(JsonObject content)
    {
        var annotations = content.Map("metadata", "annotations");
        var labels = content.Map("metadata", "labels");
        foreach (var (key, name) in Marks)
        {
            if (annotations.TryGetValue(key, out var value) || labels.TryGetValue(key, out value))
            {
                // Flux leaves alone what says so.
                return annotations.GetValueOrDefault("kustomize.toolkit.fluxcd.io/reconcile") == "disabled" ? null : $"{name} ({key}: {PlainText.OneLine(value, 80)})";
            }
        }

        if (content.Items("metadata", "ownerReferences").FirstOrDefault(owner => owner.Text("controller") == "true") is { } controller)
        {
            return $"{PlainText.OneLine(controller.Text("kind"), 60)} {PlainText.OneLine(controller.Text("name"), 80)} (its owner reference)";
        }

        return content.Items("metadata", "managedFields")
            .Select(entry => entry.Text("manager") is { } manager && Managers.TryGetValue(manager, out var name) ? $"{name} (field manager {manager})" : null)
            .FirstOrDefault(owner => owner is not null);
    }

    public static string Warning(string owner, string what = "deployment") => $"{owner} manages this {what} and may put the change back within minutes; suspend its sync as well.";

    /// <summary>Refuses, or under Force warns.</summary>
    public static IReadOnlyList<string> Check(DeploymentReader reader, DeploymentSnapshot deployment, bool force) =>
        Check(deployment.Content, "deployment", reader.Name, reader.Namespace, force);

    /// <summary>The same for an object of any kind.</summary>
    public static IReadOnlyList<string> Check(JsonObject content, string what, string name, string ns, bool force)
    {
        if (Of(content) is not { } owner)
        {
            return [];
        }

        return force ? [Warning(owner, what)] : throw new IncidentException(
            FailureKind.ObjectManagedElsewhere,
            $"{char.ToUpperInvariant(what[0])}{what[1..]} {name} in namespace {ns} is managed by {owner}, which would put a change by hand back.",
            name,
            advice: "Make the change in its repository, or suspend its sync and say -Force.");
    }

    public static void CheckNotPaused(DeploymentReader reader, DeploymentSnapshot deployment)
    {
        if (deployment.Paused)
        {
            throw new IncidentException(
                FailureKind.DeploymentPaused,
                $"{reader.ThePlace} is paused: the cluster would take the change and roll nothing out.",
                reader.Name,
                advice: $"Find out who paused it and why, then: kubectl rollout resume deployment/{reader.Name} -n {reader.Namespace}");
        }
    }
}
