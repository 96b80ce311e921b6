using MalariaIncident.Engine.Text;

namespace MalariaIncident.Engine.Kubernetes.Rollouts;

/// <summary>Somebody who holds a deployment to another description and would put a change by hand back: Argo CD, Flux, an operator.</summary>
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
    public static string? Of(DeploymentSnapshot deployment)
    {
        foreach (var (key, name) in Marks)
        {
            if (deployment.Annotations.TryGetValue(key, out var value) || deployment.Labels.TryGetValue(key, out value))
            {
                return Suspended(deployment) ? null : $"{name} ({key}: {PlainText.OneLine(value, 80)})";
            }
        }

        if (deployment.Content.Items("metadata", "ownerReferences").FirstOrDefault(owner => owner.Text("controller") == "true") is { } controller)
        {
            return $"{PlainText.OneLine(controller.Text("kind"), 60)} {PlainText.OneLine(controller.Text("name"), 80)} (its owner reference)";
        }

        return deployment.Content.Items("metadata", "managedFields")
            .Select(entry => entry.Text("manager") is { } manager && Managers.TryGetValue(manager, out var name) ? $"{name} (field manager {manager})" : null)
            .FirstOrDefault(owner => owner is not null);
    }

    /// <summary>Flux leaves alone what says so.</summary>
    private static bool Suspended(DeploymentSnapshot deployment) =>
        deployment.Annotations.GetValueOrDefault("kustomize.toolkit.fluxcd.io/reconcile") == "disabled";

    public static string Warning(string owner) => $"{owner} manages this deployment and may put the change back within minutes; suspend its sync as well.";

    /// <summary>Refuses, or under Force warns.</summary>
    public static IReadOnlyList<string> Check(DeploymentReader reader, DeploymentSnapshot deployment, bool force)
    {
        if (Of(deployment) is not { } owner)
        {
            return [];
        }

        return force ? [Warning(owner)] : throw new IncidentException(
            FailureKind.ObjectManagedElsewhere,
            $"{reader.ThePlace} is managed by {owner}, which would put a change by hand back.",
            reader.Name,
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
