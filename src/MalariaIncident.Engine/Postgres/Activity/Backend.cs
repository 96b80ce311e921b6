using System.Text;
using Npgsql;

namespace MalariaIncident.Engine.Postgres.Activity;

/// <summary>One row of <c>pg_stat_activity</c>, with its ages by the server's clock.</summary>
internal sealed record Backend
{
    public const string Columns =
        """
        a.pid, a.datname::text, a.usename::text, a.application_name::text,
        coalesce(nullif(a.client_hostname, ''), host(a.client_addr), 'local socket') || coalesce(':' || nullif(a.client_port, -1), ''),
        a.backend_start, a.xact_start, a.query_start, a.state::text, a.wait_event_type::text, a.wait_event::text, a.query,
        extract(epoch from clock_timestamp() - a.xact_start)::float8, extract(epoch from clock_timestamp() - a.query_start)::float8
        """;

    public required int ProcessId { get; init; }
    public required string Database { get; init; }
    public string? User { get; init; }
    public string? Application { get; init; }
    public string? Client { get; init; }
    public required DateTimeOffset BackendStart { get; init; }
    public DateTimeOffset? TransactionStart { get; init; }
    public DateTimeOffset? QueryStart { get; init; }
    public required string State { get; init; }
    public string? WaitType { get; init; }
    public string? WaitEvent { get; init; }
    public required string Query { get; init; }
    public TimeSpan TransactionAge { get; init; }
    public TimeSpan QueryAge { get; init; }

    /// <summary>The client without its port.</summary>
    public string? Host => Client is { } client && client.LastIndexOf(':') is var colon and > 0 ? client[..colon] : Client;

    /// <summary>How long it has held what it holds: its transaction's locks, or, outside of one, advisory locks of the session.</summary>
    public TimeSpan HoldingAge => TransactionStart is null ? QueryAge : TransactionAge;

    public bool IsIdleInTransaction => SessionStates.IsIdleInTransaction(State);

    public static Backend Read(NpgsqlDataReader row) => new()
    {
        ProcessId = row.GetInt32(0),
        Database = Text(row, 1) ?? "",
        User = Text(row, 2),
        Application = Text(row, 3) is { Length: > 0 } application ? application : null,
        Client = Text(row, 4),
        BackendStart = row.GetFieldValue<DateTimeOffset>(5),
        TransactionStart = Time(row, 6),
        QueryStart = Time(row, 7),
        State = Text(row, 8) ?? "",
        WaitType = Text(row, 9),
        WaitEvent = Text(row, 10),
        Query = Text(row, 11) ?? "",
        TransactionAge = Age(row, 12),
        QueryAge = Age(row, 13),
    };

    /// <summary>Sessions of every database of the server stand here, each with its query in the encoding of its own: what is no UTF-8 must not hide all the others.</summary>
    private static string? Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : Encoding.UTF8.GetString(row.GetFieldValue<byte[]>(column));

    private static DateTimeOffset? Time(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetFieldValue<DateTimeOffset>(column);

    private static TimeSpan Age(NpgsqlDataReader row, int column) =>
        row.IsDBNull(column) ? TimeSpan.Zero : TimeSpan.FromSeconds(Math.Max(0, row.GetDouble(column)));
}
