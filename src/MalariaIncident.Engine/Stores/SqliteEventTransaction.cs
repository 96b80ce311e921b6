using System.Globalization;
using MalariaIncident.Engine.Incidents;
using Microsoft.Data.Sqlite;

namespace MalariaIncident.Engine.Stores;

/// <summary>One transaction on one connection; SQLite answers at once, so nothing here really waits.</summary>
internal sealed class SqliteEventTransaction(SqliteConnection connection) : IEventTransaction
{
    private const string Columns = "chain, sequence, time, actor, host, kind, text, data, previous, hash";

    public Task<ChainHead?> HeadAsync(string chain)
    {
        using var command = Command("SELECT sequence, hash FROM heads WHERE chain = $chain", ("$chain", chain));
        using var reader = command.ExecuteReader();
        return Task.FromResult(reader.Read() ? new ChainHead(reader.GetInt64(0), reader.GetString(1)) : null);
    }

    public Task<IReadOnlyList<StoredEvent>> ReadAsync(string chain, params IReadOnlyList<string> kinds)
    {
        var (condition, parameters) = AnyOf(kinds);
        var sql = $"SELECT {Columns} FROM events WHERE chain = $chain AND {condition} ORDER BY sequence";
        return Task.FromResult(Read(Command(sql, [("$chain", chain), .. parameters])));
    }

    public Task<StoredEvent?> LastAsync(string chain, params IReadOnlyList<string> kinds)
    {
        var (condition, parameters) = AnyOf(kinds);
        var sql = $"SELECT {Columns} FROM events WHERE chain = $chain AND {condition} ORDER BY sequence DESC LIMIT 1";
        return Task.FromResult(Read(Command(sql, [("$chain", chain), .. parameters])).SingleOrDefault());
    }

    public Task<int> NextNumberAsync(int year)
    {
        using var command = Command(
            "INSERT INTO numbers (year, last) VALUES ($year, 1) ON CONFLICT (year) DO UPDATE SET last = last + 1 RETURNING last", ("$year", year));
        return Task.FromResult(Convert.ToInt32(command.ExecuteScalar(), CultureInfo.InvariantCulture));
    }

    public Task AppendAsync(StoredEvent entry)
    {
        using var insert = Command(
            $"INSERT INTO events ({Columns}) VALUES ($chain, $sequence, $time, $actor, $host, $kind, $text, $data, $previous, $hash)",
            ("$chain", entry.Chain), ("$sequence", entry.Sequence), ("$time", entry.Time), ("$actor", entry.Actor), ("$host", entry.Host),
            ("$kind", entry.Kind), ("$text", entry.Text), ("$data", entry.Data), ("$previous", entry.PreviousHash), ("$hash", entry.Hash));
        insert.ExecuteNonQuery();
        using var head = Command(
            "INSERT INTO heads (chain, sequence, hash) VALUES ($chain, $sequence, $hash) ON CONFLICT (chain) DO UPDATE SET sequence = $sequence, hash = $hash",
            ("$chain", entry.Chain), ("$sequence", entry.Sequence), ("$hash", entry.Hash));
        head.ExecuteNonQuery();
        return Task.CompletedTask;
    }

    public IReadOnlyList<StoredEvent> ReadAll(IReadOnlyList<string> kinds)
    {
        var (condition, parameters) = AnyOf(kinds);
        return Read(Command($"SELECT {Columns} FROM events WHERE {condition} ORDER BY chain, sequence", parameters));
    }

    public IReadOnlyList<string> Chains()
    {
        // Also those whose events, or whose head, are gone: a check has to name them.
        using var command = Command("SELECT chain FROM heads UNION SELECT DISTINCT chain FROM events");
        using var reader = command.ExecuteReader();
        var chains = new List<string>();
        while (reader.Read())
        {
            chains.Add(reader.GetString(0));
        }

        return chains;
    }

    /// <summary>What does not fit in the file itself; null where everything does.</summary>
    public string? FindBrokenPage()
    {
        using var command = Command("PRAGMA integrity_check(1)");
        var found = (string)command.ExecuteScalar()!;
        return found == "ok" ? null : $"the file is damaged: {found}";
    }

    private static (string Condition, (string, object?)[] Parameters) AnyOf(IReadOnlyList<string> kinds)
    {
        var names = kinds.Select((kind, index) => (Name: $"$kind{index}", Value: (object?)kind)).ToArray();
        return kinds.Count == 0 ? ("true", []) : ($"kind IN ({string.Join(", ", names.Select(name => name.Name))})", names);
    }

    private static IReadOnlyList<StoredEvent> Read(SqliteCommand command)
    {
        using (command)
        {
            using var reader = command.ExecuteReader();
            var events = new List<StoredEvent>();
            while (reader.Read())
            {
                events.Add(new StoredEvent
                {
                    Chain = reader.GetString(0),
                    Sequence = reader.GetInt64(1),
                    Time = reader.GetString(2),
                    Actor = reader.GetString(3),
                    Host = reader.GetString(4),
                    Kind = reader.GetString(5),
                    Text = reader.GetString(6),
                    Data = reader.IsDBNull(7) ? null : reader.GetString(7),
                    PreviousHash = reader.GetString(8),
                    Hash = reader.GetString(9),
                });
            }

            return events;
        }
    }

    private SqliteCommand Command(string sql, params (string Name, object? Value)[] parameters)
    {
        var command = connection.CreateCommand();
#pragma warning disable CA2100 // The text is put together from this file's constants; every value is a parameter.
        command.CommandText = sql;
#pragma warning restore CA2100
        foreach (var (name, value) in parameters)
        {
            command.Parameters.AddWithValue(name, value ?? DBNull.Value);
        }

        return command;
    }
}
