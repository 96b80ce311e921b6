using System.Globalization;
using System.Text.Json.Nodes;
using MalariaIncident.Engine.Kubernetes.Rollouts;

namespace MalariaIncident.Engine.Kubernetes.Sizes;

/// <summary>How many old pods may be gone before the first new one must fit (pkg/controller/deployment/util: ResolveFenceposts).</summary>
internal static class RollingRoom
{
    public static int Unavailable(DeploymentSnapshot deployment)
    {
        var strategy = deployment.Content.At("spec", "strategy");
        if (strategy.Text("type") == "Recreate")
        {
            return deployment.Replicas;
        }

        var rolling = strategy.At("rollingUpdate");
        var surge = Resolve(rolling?["maxSurge"], deployment.Replicas, up: true);
        var unavailable = Resolve(rolling?["maxUnavailable"], deployment.Replicas, up: false);
        return surge == 0 && unavailable == 0 ? 1 : Math.Min(unavailable, deployment.Replicas);
    }

    private static int Resolve(JsonNode? amount, int replicas, bool up)
    {
        var text = amount.Text() ?? "25%";
        if (!text.EndsWith('%'))
        {
            return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : 0;
        }

        var share = int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var percent) ? replicas * percent / 100m : 0;
        return (int)(up ? Math.Ceiling(share) : Math.Floor(share));
    }
}
