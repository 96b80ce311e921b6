using System.Globalization;
using System.Text.Json.Nodes;
using MalariaIncident.Engine.Postgres.Activity;

namespace MalariaIncident.Engine.Postgres.Stops;

/// <summary>One piece of work that is to be stopped. A process id alone names nothing: servers use them again.</summary>
internal sealed record StopTarget
{
    public required int ProcessId { get; init; }
    public required DateTimeOffset BackendStart { get; init; }
    /// <summary>Null where the transaction is the work: what blocks others is its locks, whichever statement it is at.</summary>
    public DateTimeOffset? QueryStart { get; init; }
    /// <summary>Null where only the query is meant.</summary>
    public DateTimeOffset? TransactionStart { get; init; }
    /// <summary>Between two statements there is nothing to cancel; only ending the session frees what it holds: the locks of its transaction, or advisory locks of its own.</summary>
    public bool IsIdle { get; init; }
    public required string Database { get; init; }
    public string? User { get; init; }
    public string? Application { get; init; }
    public string Query { get; init; } = "";

    public string Name => $"backend {ProcessId}";

    /// <summary>The work that was seen: of a blocker its transaction, or the session that has done nothing since; of anyone else the query.</summary>
    public static StopTarget Of(LongQuery seen)
    {
        var idle = SessionStates.IsIdleInTransaction(seen.State);
        var blocks = seen.Blocks > 0 && seen.TransactionStart is not null;
        var holds = seen is { Blocks: > 0, TransactionStart: null, State: SessionStates.Idle };
        return new()
        {
            ProcessId = seen.ProcessId,
            BackendStart = seen.BackendStart,
            QueryStart = blocks ? null : seen.QueryStart,
            TransactionStart = blocks || idle ? seen.TransactionStart : null,
            IsIdle = idle || holds,
            Database = seen.Database,
            User = seen.User,
            Application = seen.Application,
            Query = QueryText.Shorten(seen.Query),
        };
    }

    /// <summary>True while the session is still at the work that was seen.</summary>
    public bool IsStill(BackendState state) =>
        state.BackendStart == BackendStart
        && (QueryStart is null || state.QueryStart == QueryStart)
        && (TransactionStart is null || state.TransactionStart == TransactionStart)
        && (TransactionStart is not null || IsIdle || !state.State.StartsWith(SessionStates.Idle, StringComparison.Ordinal))
        && !state.HasLetGo;

    public JsonObject ToJson() => new()
    {
        ["pid"] = ProcessId,
        ["backendStart"] = Write(BackendStart),
        ["queryStart"] = Write(QueryStart),
        ["transactionStart"] = Write(TransactionStart),
        ["idle"] = IsIdle,
        ["database"] = Database,
        ["user"] = User,
        ["application"] = Application,
        ["query"] = Query,
    };

    public static StopTarget FromJson(JsonNode node) => new()
    {
        ProcessId = node["pid"]!.GetValue<int>(),
        BackendStart = ReadTime(node["backendStart"])!.Value,
        QueryStart = ReadTime(node["queryStart"]),
        TransactionStart = ReadTime(node["transactionStart"]),
        IsIdle = node["idle"]!.GetValue<bool>(),
        Database = node["database"]!.GetValue<string>(),
        User = node["user"]?.GetValue<string>(),
        Application = node["application"]?.GetValue<string>(),
        Query = node["query"]?.GetValue<string>() ?? "",
    };

    // Microseconds matter here: they are what makes the identity.
    internal static string? Write(DateTimeOffset? time) => time?.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture);

    internal static DateTimeOffset? ReadTime(JsonNode? node) =>
        node is null ? null : DateTimeOffset.ParseExact(node.GetValue<string>(), "O", CultureInfo.InvariantCulture);
}
