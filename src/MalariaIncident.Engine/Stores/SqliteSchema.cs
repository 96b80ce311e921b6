using System.Globalization;
using Microsoft.Data.Sqlite;

namespace MalariaIncident.Engine.Stores;

/// <summary>The schema and how older ones become it. A migration runs inside the transaction of the first write that needs it.</summary>
internal static class SqliteSchema
{
    /// <summary>"MInc" in the file's header: a SQLite file of anyone else is never written to.</summary>
    private const int ApplicationId = 0x4D496E63;

    private static readonly string[] Steps =
    [
        """
        CREATE TABLE events (
            chain TEXT NOT NULL, sequence INTEGER NOT NULL, time TEXT NOT NULL, actor TEXT NOT NULL, host TEXT NOT NULL,
            kind TEXT NOT NULL, text TEXT NOT NULL, data TEXT, previous TEXT NOT NULL, hash TEXT NOT NULL,
            PRIMARY KEY (chain, sequence)) WITHOUT ROWID, STRICT;
        CREATE INDEX events_by_kind ON events (kind, chain, sequence);
        CREATE TABLE heads (chain TEXT NOT NULL PRIMARY KEY, sequence INTEGER NOT NULL, hash TEXT NOT NULL) WITHOUT ROWID, STRICT;
        CREATE TABLE numbers (year INTEGER NOT NULL PRIMARY KEY, last INTEGER NOT NULL) STRICT;
        """,
        """
        CREATE TABLE journal (id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1), store TEXT NOT NULL, commits INTEGER NOT NULL) STRICT;
        INSERT INTO journal (id, store, commits) VALUES (1, lower(hex(randomblob(16))), 0);
        CREATE TRIGGER events_are_never_changed BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'events are never changed'); END;
        CREATE TRIGGER events_are_never_deleted BEFORE DELETE ON events BEGIN SELECT RAISE(ABORT, 'events are never deleted'); END;
        """,
    ];

    public static int Current => Steps.Length;

    public static int VersionOf(SqliteConnection connection) => Pragma(connection, "user_version");

    /// <summary>Brings an older schema to the current one. StoreNewer for a newer one, StoreUnreadable for another program's file.</summary>
    public static void Migrate(SqliteConnection connection) => Migrate(connection, Current);

    /// <summary>To an older version: for the tests of migration.</summary>
    internal static void Migrate(SqliteConnection connection, int target)
    {
        var version = VersionOf(connection);
        EnsureOurs(connection, version);
        if (version == target)
        {
            return;
        }

        if (version > Current)
        {
            throw new IncidentException(
                FailureKind.StoreNewer,
                $"The journal {connection.DataSource} has schema {version}; this module writes schema {Current}. It can be read, not written.",
                connection.DataSource,
                advice: "Update the module, or keep this journal for reading and name another in MALARIA_INCIDENT_STORE.");
        }

        foreach (var step in Steps.Take(target).Skip(version))
        {
            SqliteConnections.Execute(connection, step);
        }

        SqliteConnections.Execute(connection, string.Create(CultureInfo.InvariantCulture, $"PRAGMA application_id = {ApplicationId}; PRAGMA user_version = {target}"));
    }

    /// <summary>How far the journal got; null where its schema does not count yet.</summary>
    public static Commit? CommitOf(SqliteConnection connection) => VersionOf(connection) >= 2 ? ReadCommit(connection, "SELECT store, commits FROM journal") : null;

    /// <summary>Counts the commit that is about to be made.</summary>
    public static Commit CountCommit(SqliteConnection connection) => ReadCommit(connection, "UPDATE journal SET commits = commits + 1 RETURNING store, commits")!;

    public static void EnsureOurs(SqliteConnection connection, int version)
    {
        if (Pragma(connection, "application_id") == ApplicationId)
        {
            return;
        }

        using var command = connection.CreateCommand();
        command.CommandText = "SELECT count(*) FROM sqlite_schema";
        if (version == 0 && (long)command.ExecuteScalar()! == 0)
        {
            return;
        }

        throw new IncidentException(
            FailureKind.StoreUnreadable,
            $"The file {connection.DataSource} is a SQLite database, but not an incident journal.",
            connection.DataSource,
            advice: "Name another file in MALARIA_INCIDENT_STORE; this one stays untouched.");
    }

    private static Commit? ReadCommit(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // One of two constants of this class.
        command.CommandText = sql;
#pragma warning restore CA2100
        using var reader = command.ExecuteReader();
        return reader.Read() ? new Commit(reader.GetString(0), reader.GetInt64(1)) : null;
    }

    private static int Pragma(SqliteConnection connection, string name)
    {
        using var command = connection.CreateCommand();
        command.CommandText = $"PRAGMA {name}";
        return Convert.ToInt32(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }
}
