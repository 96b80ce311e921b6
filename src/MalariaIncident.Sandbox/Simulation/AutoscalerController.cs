using k8s.Models;
using MalariaIncident.Sandbox.Kubernetes.Storage;

namespace MalariaIncident.Sandbox.Simulation;

/// <summary>
/// HorizontalPodAutoscaler → replicas, between its bounds. The load never changes here, so that is all it does: enough to put back what
/// somebody scaled by hand.
/// </summary>
internal sealed class AutoscalerController(ClusterStore store, EventRecorder events)
{
    public void Reconcile(V2HorizontalPodAutoscaler scaler)
    {
        var (ns, target) = (scaler.Metadata.NamespaceProperty, scaler.Spec.ScaleTargetRef);
        if (target.Kind != "Deployment" || store.Find(ResourceKinds.Deployments, ns, target.Name)?.As<V1Deployment>() is not { } deployment) return;
        var replicas = deployment.Spec.Replicas ?? 1;
        // Scaled to nothing means switched off: a real autoscaler does not touch it either.
        var wanted = replicas == 0 ? 0 : Math.Clamp(replicas, scaler.Spec.MinReplicas ?? 1, scaler.Spec.MaxReplicas);
        if (wanted != replicas)
        {
            store.Update<V1Deployment>(ResourceKinds.Deployments, ns, target.Name, copy =>
            {
                copy.Spec.Replicas = wanted;
                copy.Metadata.Generation++;
            });
            events.Record(scaler, "Normal", "SuccessfulRescale",
                $"New size: {wanted}; reason: Current number of replicas {(wanted > replicas ? "below Spec.MinReplicas" : "above Spec.MaxReplicas")}", "horizontal-pod-autoscaler");
        }
        if (scaler.Status?.CurrentReplicas == (deployment.Status?.Replicas ?? 0) && scaler.Status.DesiredReplicas == wanted) return;
        store.Update<V2HorizontalPodAutoscaler>(ResourceKinds.HorizontalPodAutoscalers, ns, scaler.Metadata.Name, copy =>
        {
            copy.Status ??= new();
            (copy.Status.CurrentReplicas, copy.Status.DesiredReplicas) = (deployment.Status?.Replicas ?? 0, wanted);
        });
    }
}
