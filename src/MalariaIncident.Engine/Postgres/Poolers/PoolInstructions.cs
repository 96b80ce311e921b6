using System.Text.Json.Nodes;

namespace MalariaIncident.Engine.Postgres.Poolers;

/// <summary>What a plan says to send to which console.</summary>
internal sealed record PoolInstructions(IReadOnlyList<PoolStep> Steps)
{
    public IEnumerable<string> Poolers => Steps.Select(step => step.Pooler).Distinct(StringComparer.Ordinal);

    public JsonObject ToJson() => new()
    {
        ["steps"] = new JsonArray([.. Steps.Select(step => new JsonObject
        {
            ["pooler"] = step.Pooler,
            ["database"] = step.Database,
            ["servers"] = new JsonArray([.. step.Servers.Select(server => JsonValue.Create(server))]),
        })]),
    };

    public static PoolInstructions Of(MitigationPlan plan) => new([.. plan.Instructions["steps"]!.AsArray().Select(node => new PoolStep(
        node!["pooler"]!.GetValue<string>(),
        node["database"]?.GetValue<string>(),
        [.. node["servers"]!.AsArray().Select(server => server!.GetValue<string>())]))]);
}

/// <param name="Pooler">Console, as the output names it.</param>
/// <param name="Database">Database; null where the whole pooler is meant.</param>
/// <param name="Servers">The connections to the server that were there when the plan was made.</param>
internal sealed record PoolStep(string Pooler, string? Database, IReadOnlyList<string> Servers);
