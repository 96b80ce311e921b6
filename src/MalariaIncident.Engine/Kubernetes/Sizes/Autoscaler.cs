using System.Text.Json.Nodes;
using MalariaIncident.Engine.Kubernetes.Rollouts;
using MalariaIncident.Engine.Text;

namespace MalariaIncident.Engine.Kubernetes.Sizes;

/// <summary>A HorizontalPodAutoscaler of a deployment, and what it makes of a count set by hand.</summary>
internal sealed record Autoscaler(string Name, int Least, int Most, string By)
{
    public static Autoscaler Of(JsonObject scaler) => new(
        PlainText.OneLine(scaler.Text("metadata", "name"), 80),
        (int)(scaler.Number("spec", "minReplicas") ?? 1),
        (int)(scaler.Number("spec", "maxReplicas") ?? 1),
        string.Join(", ", scaler.Items("spec", "metrics").Select(Metric)));

    /// <summary>What it is, in words that follow its name.</summary>
    public string InWords => $"keeps it between {Least} and {Most} replicas{(By.Length == 0 ? "" : $" by {By}")}";

    /// <summary>What it will do with a count.</summary>
    public string Answer(int wanted) => wanted switch
    {
        0 => "would leave it at 0: autoscaling is off for a deployment without replicas, until somebody scales it up again",
        _ when wanted < Least => $"would set it to {Least} within seconds",
        _ when wanted > Most => $"would set it back to {Most} within seconds",
        _ => "would set what it computes itself within minutes",
    };

    private static string Metric(JsonObject metric)
    {
        var type = metric.Text("type") ?? "";
        var source = metric[type.Length == 0 ? type : char.ToLowerInvariant(type[0]) + type[1..]];
        var name = source.Text("name") ?? source.Text("metric", "name") ?? type;
        var target = source?["target"];
        return $"{PlainText.OneLine(name, 60)} {(target.Text("averageUtilization") is { } percent ? $"{percent} %" : target.Text("averageValue") ?? target.Text("value"))}".TrimEnd();
    }
}
