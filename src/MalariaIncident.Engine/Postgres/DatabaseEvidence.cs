using System.Text.Json.Nodes;
using MalariaIncident.Engine.Postgres.Activity;
using MalariaIncident.Engine.Text;

namespace MalariaIncident.Engine.Postgres;

/// <summary>What was seen in a database, for the record of an incident: the numbers, and the worst few in detail.</summary>
internal static class DatabaseEvidence
{
    private const int MostRows = 10;

    public static (string Text, JsonObject Data) Of(IReadOnlyList<LongQuery> queries) => (
        queries.Count == 0
            ? "No long-running query was found."
            : $"{Amount.Of(queries.Count, "long-running query", "long-running queries")} on {queries[0].Server}, the longest {Age.Say(queries[0].Duration)} (backend {queries[0].ProcessId}); {Amount.Of(queries.Count(query => query.RootBlocker), "root blocker")}.",
        Rows(queries, query => new()
        {
            ["pid"] = query.ProcessId,
            ["database"] = query.Database,
            ["user"] = query.User,
            ["application"] = query.Application,
            ["state"] = query.State,
            ["seconds"] = Math.Round(query.Duration.TotalSeconds, 1),
            ["blocks"] = query.Blocks,
            ["query"] = QueryText.Shorten(query.Query),
        }));

    public static (string Text, JsonObject Data) Of(IReadOnlyList<DatabaseLock> locks) => (
        locks.Count == 0
            ? "No session waits for another in the database."
            : $"{Amount.Of(locks.Count(entry => entry.RootBlocker), "root blocker")} on {locks[0].Server} {Amount.Word(locks.Count(entry => entry.RootBlocker), "holds", "hold")} up {Amount.Of(locks.Count(entry => !entry.RootBlocker), "session")}.",
        Rows([.. locks.Where(entry => entry.RootBlocker)], entry => new()
        {
            ["pid"] = entry.ProcessId,
            ["prepared"] = entry.PreparedTransaction,
            ["database"] = entry.Database,
            ["user"] = entry.User,
            ["application"] = entry.Application,
            ["state"] = entry.State,
            ["seconds"] = Math.Round(entry.TransactionAge.TotalSeconds, 1),
            ["blocks"] = entry.Blocks,
            ["holds"] = entry.Holds.Count > 0 ? entry.Holds[0] : null,
            ["query"] = QueryText.Shorten(entry.Query ?? ""),
        }));

    public static (string Text, JsonObject Data) Of(IReadOnlyList<DatabaseConnection> groups) => (
        groups.Count == 0
            ? "No client but this command is connected to the database."
            : $"{groups[0].Used} of {groups[0].Maximum} connections of {groups[0].Server} are used ({groups[0].Reserved} reserved, {groups[0].Free} free); {groups.Where(group => SessionStates.IsIdleInTransaction(group.State)).Sum(group => group.Count)} idle in transaction.",
        Rows(groups, group => new()
        {
            ["database"] = group.Database,
            ["user"] = group.User,
            ["application"] = group.Application,
            ["client"] = group.Client,
            ["state"] = group.State,
            ["count"] = group.Count,
        }));

    public static (string Text, JsonObject Data) Of(IReadOnlyList<SlowQuery> queries) => (
        queries.Count == 0
            ? "No statement was counted."
            : $"{Amount.Of(queries.Count, "statement")} of {queries[0].Server} by cost; the first takes {queries[0].Share:0} % of all time ({Amount.Of(queries[0].Calls, "call")}, {queries[0].MeanTime.TotalMilliseconds:0.#} ms in the mean).",
        Rows(queries, query => new()
        {
            ["queryId"] = query.QueryId,
            ["database"] = query.Database,
            ["calls"] = query.Calls,
            ["totalSeconds"] = Math.Round(query.TotalTime.TotalSeconds, 3),
            ["share"] = Math.Round(query.Share, 1),
            ["query"] = QueryText.Shorten(query.Query),
        }));

    private static JsonObject Rows<T>(IReadOnlyList<T> items, Func<T, JsonObject> row) => new()
    {
        ["count"] = items.Count,
        ["first"] = new JsonArray([.. items.Take(MostRows).Select(row)]),
    };
}
