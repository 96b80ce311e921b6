using System.Globalization;
using System.Text.Json;

namespace MalariaIncident.Engine.Kubernetes.Health;

/// <summary>One row: the cells that were wanted, in the order they were wanted; the namespace where the row carries its metadata.</summary>
internal readonly record struct TableRow(string[] Cells, string? Namespace);

/// <summary>
/// What a server sends for <c>as=Table</c>: the columns of <c>kubectl get -o wide</c> and nothing else. Read cell by cell: at ten thousand
/// pods that is 0.03 s of the server's time instead of 3.
/// </summary>
internal sealed class ClusterTable
{
    public const string Accept = "application/json;as=Table;v=v1;g=meta.k8s.io";

    private ClusterTable(List<TableRow> rows, string? version, string? continues, long? remaining)
    {
        Version = version;
        Rows = rows;
        Continue = continues;
        Remaining = remaining;
    }

    public IReadOnlyList<TableRow> Rows { get; }

    /// <summary>The state of the cluster that this shows.</summary>
    public string? Version { get; }

    /// <summary>Set where this is a page and more follow.</summary>
    public string? Continue { get; }

    public long? Remaining { get; }

    /// <summary>ClusterNonsenseException where the body is no table or lacks a wanted column.</summary>
    public static ClusterTable Read(byte[] body, params ReadOnlySpan<string> wanted)
    {
        var reader = new Utf8JsonReader(body);
        string? kind = null;
        string? version = null;
        string? continues = null;
        long? remaining = null;
        int[]? places = null;
        var rows = new List<TableRow>();
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            throw new ClusterNonsenseException("something other than a table");
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("kind"))
            {
                reader.Read();
                kind = reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
            }
            else if (reader.ValueTextEquals("metadata"))
            {
                reader.Read();
                ReadMetadata(ref reader, ref version, ref continues, ref remaining);
            }
            else if (reader.ValueTextEquals("columnDefinitions"))
            {
                reader.Read();
                places = Places(ReadColumns(ref reader), wanted);
            }
            else if (reader.ValueTextEquals("rows"))
            {
                reader.Read();
                ReadRows(ref reader, places ?? throw new ClusterNonsenseException("a table without columns"), wanted.Length, rows);
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }

        return kind == "Table" ? new ClusterTable(rows, version, continues, remaining) : throw new ClusterNonsenseException("something other than a table");
    }

    private static void ReadMetadata(ref Utf8JsonReader reader, ref string? version, ref string? continues, ref long? remaining)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool isVersion = reader.ValueTextEquals("resourceVersion");
            bool isContinue = reader.ValueTextEquals("continue");
            bool isRemaining = reader.ValueTextEquals("remainingItemCount");
            reader.Read();
            if (isVersion)
            {
                version = reader.GetString();
            }
            else if (isContinue)
            {
                continues = reader.GetString() is { Length: > 0 } token ? token : null;
            }
            else if (isRemaining && reader.TokenType == JsonTokenType.Number)
            {
                remaining = reader.GetInt64();
            }
            else
            {
                reader.Skip();
            }
        }
    }

    private static List<string> ReadColumns(ref Utf8JsonReader reader)
    {
        var names = new List<string>();
        while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
        {
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                bool isName = reader.ValueTextEquals("name");
                reader.Read();
                if (isName)
                {
                    names.Add(reader.GetString() ?? "");
                }

                reader.Skip();
            }
        }

        return names;
    }

    /// <summary>For every column of the table where its cell goes, or -1.</summary>
    private static int[] Places(List<string> columns, ReadOnlySpan<string> wanted)
    {
        int[] places = new int[columns.Count];
        Array.Fill(places, -1);
        for (int i = 0; i < wanted.Length; i++)
        {
            string name = wanted[i];
            int column = columns.FindIndex(candidate => string.Equals(candidate, name, StringComparison.OrdinalIgnoreCase));
            places[column >= 0 ? column : throw new ClusterNonsenseException($"a table without the column {name}")] = i;
        }

        return places;
    }

    private static void ReadRows(ref Utf8JsonReader reader, int[] places, int wanted, List<TableRow> rows)
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
        {
            string[] cells = new string[wanted];
            string? home = null;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                bool isCells = reader.ValueTextEquals("cells");
                bool isObject = reader.ValueTextEquals("object");
                reader.Read();
                if (isCells)
                {
                    ReadCells(ref reader, places, cells);
                }
                else if (isObject && reader.TokenType == JsonTokenType.StartObject)
                {
                    home = ReadNamespace(ref reader);
                }
                else
                {
                    reader.Skip();
                }
            }

            rows.Add(new TableRow(cells, home));
        }
    }

    private static void ReadCells(ref Utf8JsonReader reader, int[] places, string[] cells)
    {
        Array.Fill(cells, "");
        for (int column = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; column++)
        {
            int place = column < places.Length ? places[column] : -1;
            if (place >= 0)
            {
                cells[place] = reader.TokenType switch
                {
                    JsonTokenType.String => reader.GetString()!,
                    JsonTokenType.Number => reader.GetDouble().ToString(CultureInfo.InvariantCulture),
                    _ => "",
                };
            }

            reader.Skip();
        }
    }

    private static string? ReadNamespace(ref Utf8JsonReader reader)
    {
        string? home = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool isMetadata = reader.ValueTextEquals("metadata");
            reader.Read();
            if (!isMetadata || reader.TokenType != JsonTokenType.StartObject)
            {
                reader.Skip();
                continue;
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                bool isNamespace = reader.ValueTextEquals("namespace");
                reader.Read();
                home = isNamespace ? reader.GetString() : home;
                reader.Skip();
            }
        }

        return home;
    }
}
