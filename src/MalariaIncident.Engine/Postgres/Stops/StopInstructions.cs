using System.Text.Json.Nodes;

namespace MalariaIncident.Engine.Postgres.Stops;

/// <summary>What a plan to stop queries says to do.</summary>
internal sealed record StopInstructions(IReadOnlyList<StopTarget> Targets, TimeSpan GracePeriod, bool CancelOnly)
{
    public JsonObject ToJson() => new()
    {
        ["graceSeconds"] = GracePeriod.TotalSeconds,
        ["cancelOnly"] = CancelOnly,
        ["backends"] = new JsonArray([.. Targets.Select(target => target.ToJson())]),
    };

    public static StopInstructions Of(MitigationPlan plan) => new(
        [.. plan.Instructions["backends"]!.AsArray().Select(node => StopTarget.FromJson(node!))],
        TimeSpan.FromSeconds(plan.Instructions["graceSeconds"]!.GetValue<double>()),
        plan.Instructions["cancelOnly"]!.GetValue<bool>());
}
