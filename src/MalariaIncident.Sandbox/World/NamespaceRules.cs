using k8s.Models;

namespace MalariaIncident.Sandbox.World;

/// <summary>What an administrator may have laid down for the production namespace.</summary>
internal static class NamespaceRules
{
    public const string QuotaName = "team-quota";
    public const string LimitRangeName = "container-bounds";

    /// <summary>Eight pods run: three and two of the application, two of the pooler, the database.</summary>
    public static V1ResourceQuota TightQuota() => new()
    {
        Metadata = Meta(QuotaName),
        Spec = new() { Hard = Amounts(("pods", "10"), ("requests.cpu", "8"), ("limits.memory", "18Gi")) },
    };

    public static V1LimitRange LimitRange() => new()
    {
        Metadata = Meta(LimitRangeName),
        Spec = new()
        {
            Limits =
            [
                new()
                {
                    Type = "Container",
                    Max = Amounts(("memory", "4Gi"), ("cpu", "2")),
                    Min = Amounts(("memory", "16Mi")),
                    DefaultProperty = Amounts(("memory", "512Mi")),
                    DefaultRequest = Amounts(("memory", "256Mi")),
                    MaxLimitRequestRatio = Amounts(("memory", "6")),
                },
            ],
        },
    };

    private static V1ObjectMeta Meta(string name) => new() { Name = name, NamespaceProperty = ProductionNames.Namespace };

    private static Dictionary<string, ResourceQuantity> Amounts(params (string Resource, string Amount)[] amounts) =>
        amounts.ToDictionary(pair => pair.Resource, pair => new ResourceQuantity(pair.Amount), StringComparer.Ordinal);
}
