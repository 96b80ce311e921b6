using System.Text.Json.Nodes;
using MalariaIncident.Engine.Postgres.Connections;

namespace MalariaIncident.Engine.Postgres.Stops;

/// <summary>What a plan to stop queries says to do.</summary>
/// <param name="Server">As the output names it.</param>
/// <param name="ServerStart">When that server began: process ids mean something on it only.</param>
internal sealed record StopInstructions(IReadOnlyList<StopTarget> Targets, TimeSpan GracePeriod, bool CancelOnly, string? Server, DateTimeOffset? ServerStart)
{
    public JsonObject ToJson() => new()
    {
        ["graceSeconds"] = GracePeriod.TotalSeconds,
        ["cancelOnly"] = CancelOnly,
        ["server"] = Server,
        ["serverStart"] = StopTarget.Write(ServerStart),
        ["backends"] = new JsonArray([.. Targets.Select(target => target.ToJson())]),
    };

    public static StopInstructions Of(MitigationPlan plan) => new(
        [.. plan.Instructions["backends"]!.AsArray().Select(node => StopTarget.FromJson(node!))],
        TimeSpan.FromSeconds(plan.Instructions["graceSeconds"]!.GetValue<double>()),
        plan.Instructions["cancelOnly"]!.GetValue<bool>(),
        plan.Instructions["server"]?.GetValue<string>(),
        StopTarget.ReadTime(plan.Instructions["serverStart"]));

    /// <summary>
    /// True on the server that the backends were seen on, and on that one started again, which has ended them. On another one (after a failover, by another connection
    /// string) nobody has their process ids, and that says nothing about them.
    /// </summary>
    public bool AreFor(PostgresSession session) =>
        session.Facts.StartedAt == ServerStart || (session.Server == Server && session.Facts.StartedAt > ServerStart);
}
