using System.Text.Json.Nodes;
using MalariaIncident.Engine.Postgres.Connections;

namespace MalariaIncident.Engine.Postgres.Stops;

/// <summary>What a plan to stop queries says to do.</summary>
/// <param name="Server">As the output names it.</param>
/// <param name="ServerStart">When that server began: process ids mean something on it only.</param>
/// <param name="ServerIdentity">Which server it is, by <see cref="Stops.ServerIdentity"/>; null where it did not say.</param>
internal sealed record StopInstructions(IReadOnlyList<StopTarget> Targets, TimeSpan GracePeriod, bool CancelOnly, string? Server, DateTimeOffset? ServerStart, string? ServerIdentity)
{
    public JsonObject ToJson() => new()
    {
        ["graceSeconds"] = GracePeriod.TotalSeconds,
        ["cancelOnly"] = CancelOnly,
        ["server"] = Server,
        ["serverStart"] = StopTarget.Write(ServerStart),
        ["serverIdentity"] = ServerIdentity,
        ["backends"] = new JsonArray([.. Targets.Select(target => target.ToJson())]),
    };

    public static StopInstructions Of(MitigationPlan plan) => new(
        [.. plan.Instructions["backends"]!.AsArray().Select(node => StopTarget.FromJson(node!))],
        TimeSpan.FromSeconds(plan.Instructions["graceSeconds"]!.GetValue<double>()),
        plan.Instructions["cancelOnly"]!.GetValue<bool>(),
        plan.Instructions["server"]?.GetValue<string>(),
        StopTarget.ReadTime(plan.Instructions["serverStart"]),
        plan.Instructions["serverIdentity"]?.GetValue<string>());

    /// <summary>
    /// True on the server that the backends were seen on, and on that one started again, which has ended them. On another one (after a failover, also behind one name, or by another connection
    /// string) nobody has their process ids, and that says nothing about them.
    /// </summary>
    public async Task<bool> AreForAsync(PostgresSession session, CancellationToken stop) =>
        session.Facts.StartedAt == ServerStart
        || (session.Server == Server && session.Facts.StartedAt > ServerStart
            && (ServerIdentity is null || await Stops.ServerIdentity.OfAsync(session, stop) is not { } identity || identity == ServerIdentity));
}
