using Npgsql;

namespace MalariaIncident.Engine.Postgres.Locks;

/// <summary>A transaction that was prepared for two-phase commit, and waits for somebody to finish it.</summary>
internal sealed record PreparedRow(string Identifier, DateTimeOffset Prepared, TimeSpan Age, string Owner, string Database)
{
    public const string Query =
        "SELECT gid, prepared, extract(epoch from clock_timestamp() - prepared)::float8, owner::text, database::text FROM pg_prepared_xacts ORDER BY prepared";

    public static PreparedRow Read(NpgsqlDataReader row) => new(
        row.GetString(0), row.GetFieldValue<DateTimeOffset>(1), TimeSpan.FromSeconds(Math.Max(0, row.GetDouble(2))), row.GetString(3), row.GetString(4));
}
