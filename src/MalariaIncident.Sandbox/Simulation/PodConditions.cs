using k8s;
using k8s.Models;

namespace MalariaIncident.Sandbox.Simulation;

internal static class PodConditions
{
    public static bool IsReady(this V1Pod pod) => pod.Status?.Conditions?.Any(condition => condition is { Type: "Ready", Status: "True" }) == true;

    public static bool IsActive(this V1Pod pod) => pod.Metadata.DeletionTimestamp is null && pod.Status?.Phase is not ("Failed" or "Succeeded");

    public static bool IsOwnedBy(this IMetadata<V1ObjectMeta> value, string uid) =>
        value.Metadata.OwnerReferences?.Any(owner => owner.Controller == true && owner.Uid == uid) == true;

    public static V1OwnerReference Owner(IKubernetesObject<V1ObjectMeta> owner) => new()
    {
        ApiVersion = owner.ApiVersion,
        Kind = owner.Kind,
        Name = owner.Metadata.Name,
        Uid = owner.Metadata.Uid,
        Controller = true,
        BlockOwnerDeletion = true,
    };

    /// <summary>Sets a condition; the time of transition moves only with the status.</summary>
    public static void Set(this V1PodStatus status, string type, bool value, DateTime now, string? reason = null, string? message = null)
    {
        status.Conditions ??= new List<V1PodCondition>();
        var found = status.Conditions.FirstOrDefault(condition => condition.Type == type);
        if (found is null) status.Conditions.Add(found = new() { Type = type });
        var text = value ? "True" : "False";
        if (found.Status != text) found.LastTransitionTime = now;
        (found.Status, found.Reason, found.Message) = (text, reason, message);
    }
}
