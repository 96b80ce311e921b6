using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace MalariaIncident.Engine.Stores;

/// <summary>Opens SQLite files the one way that the journal does.</summary>
internal static class SqliteConnections
{
    public static SqliteConnection Open(string path, SqliteOpenMode mode)
    {
        // No pool: a pooled connection would go on writing into a file that was moved away meanwhile.
        var settings = new SqliteConnectionStringBuilder { DataSource = path, Mode = mode, Pooling = false, DefaultTimeout = 5 };
        var connection = new SqliteConnection(settings.ConnectionString);
        try
        {
            connection.Open();
            Execute(connection, "PRAGMA trusted_schema = OFF");
            Execute(connection, "PRAGMA cell_size_check = ON");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Opens what nobody can write to: a read-only folder, where SQLite could not make the files that it shares between readers.
    /// </summary>
    public static SqliteConnection OpenImmutable(string path) => Open(new Uri(path).AbsoluteUri + "?immutable=1", SqliteOpenMode.ReadOnly);

    /// <summary>Runs a statement without the retry loop of the ADO.NET layer, which sleeps without listening to anybody.</summary>
    public static void Execute(SqliteConnection connection, string sql) => SqliteException.ThrowExceptionForRC(TryExecute(connection, sql), connection.Handle!);

    public static int TryExecute(SqliteConnection connection, string sql) => raw.sqlite3_exec(connection.Handle!, sql);
}
