using Npgsql;

namespace MalariaIncident.Engine.Postgres.Connections;

/// <summary>What has to be known of a server, and of our role on it, before anything it says is believed.</summary>
internal sealed record ServerFacts
{
    public const int OldestMajor = 12;

    public const string Query =
        """
        SELECT pg_backend_pid(), current_database()::text, current_user::text, current_setting('server_version_num')::int, pg_is_in_recovery(),
               coalesce((SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user), false),
               pg_has_role('pg_read_all_stats', 'USAGE'), pg_has_role('pg_signal_backend', 'USAGE'), pg_postmaster_start_time(),
               current_setting('track_activities')::bool
        """;

    public required int BackendProcessId { get; init; }
    public required string Database { get; init; }
    public required string Role { get; init; }
    /// <summary>As the server counts: 150018 for 15.18.</summary>
    public required int VersionNumber { get; init; }
    public int Major => VersionNumber / 10000;
    public required bool IsStandby { get; init; }
    public required bool IsSuperuser { get; init; }
    public required bool SeesOthers { get; init; }
    public required bool MaySignal { get; init; }
    public required DateTimeOffset StartedAt { get; init; }
    public required bool TracksActivities { get; init; }

    public static ServerFacts Read(NpgsqlDataReader row)
    {
        var superuser = row.GetBoolean(5);
        return new()
        {
            BackendProcessId = row.GetInt32(0),
            Database = row.GetString(1),
            Role = row.GetString(2),
            VersionNumber = row.GetInt32(3),
            IsStandby = row.GetBoolean(4),
            IsSuperuser = superuser,
            SeesOthers = superuser || row.GetBoolean(6),
            MaySignal = superuser || row.GetBoolean(7),
            StartedAt = row.GetFieldValue<DateTimeOffset>(8),
            TracksActivities = row.GetBoolean(9),
        };
    }
}
