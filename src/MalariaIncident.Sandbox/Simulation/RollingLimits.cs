using System.Globalization;
using k8s.Models;

namespace MalariaIncident.Sandbox.Simulation;

/// <summary>maxSurge and maxUnavailable in pods.</summary>
internal sealed record RollingLimits(int Surge, int Unavailable)
{
    public static RollingLimits Of(V1Deployment deployment)
    {
        var replicas = deployment.Spec.Replicas ?? 1;
        if (deployment.Spec.Strategy?.Type == "Recreate") return new(0, replicas);
        var rolling = deployment.Spec.Strategy?.RollingUpdate;
        var surge = Count(rolling?.MaxSurge?.Value, replicas, up: true);
        var unavailable = Count(rolling?.MaxUnavailable?.Value, replicas, up: false);
        // Both zero would never roll: the real controller makes it one.
        return surge == 0 && unavailable == 0 ? new(0, 1) : new(surge, unavailable);
    }

    private static int Count(string? text, int replicas, bool up)
    {
        text ??= "25%";
        if (!text.EndsWith('%')) return int.Parse(text, CultureInfo.InvariantCulture);
        var share = replicas * double.Parse(text[..^1], CultureInfo.InvariantCulture) / 100;
        return (int)(up ? Math.Ceiling(share) : Math.Floor(share));
    }
}
