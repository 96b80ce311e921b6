using System.Buffers;
using System.Text.Json;
using MalariaIncident.Sandbox.Kubernetes.Requests;
using MalariaIncident.Sandbox.Kubernetes.Storage;

namespace MalariaIncident.Sandbox.Kubernetes.Tables;

/// <summary>Writes meta.k8s.io/v1 tables.</summary>
internal sealed class TableWriter(TimeProvider clock)
{
    public ReadOnlyMemory<byte> Write(ResourceKind kind, ListPage page, TableRequest request)
    {
        var table = TableColumns.For(kind);
        var now = clock.GetUtcNow().UtcDateTime;
        var buffer = new ArrayBufferWriter<byte>(1024 + (page.Items.Count * 300));
        using var json = new Utf8JsonWriter(buffer, new() { SkipValidation = true });
        json.WriteStartObject();
        json.WriteString("kind", "Table");
        json.WriteString("apiVersion", "meta.k8s.io/v1");
        json.WriteStartObject("metadata");
        json.WriteString("resourceVersion", page.Version.ToString());
        if (page.Continue is not null) json.WriteString("continue", page.Continue);
        if (page.Remaining is { } remaining) json.WriteNumber("remainingItemCount", remaining);
        json.WriteEndObject();
        json.WriteStartArray("columnDefinitions");
        foreach (var column in table.Columns) WriteColumn(json, column);
        json.WriteEndArray();
        json.WriteStartArray("rows");
        foreach (var item in page.Items) WriteRow(json, table, item, now, request.Include);
        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    public static object[] Cells(TableColumns table, StoredObject item) => (object[])(item.Row ??= table.Cells(item));

    private static void WriteColumn(Utf8JsonWriter json, TableColumn column)
    {
        json.WriteStartObject();
        json.WriteString("name", column.Name);
        json.WriteString("type", column.Type);
        json.WriteString("format", column.Format);
        json.WriteString("description", column.Name);
        json.WriteNumber("priority", column.Priority);
        json.WriteEndObject();
    }

    private static void WriteRow(Utf8JsonWriter json, TableColumns table, StoredObject item, DateTime now, IncludeObject include)
    {
        var cells = Cells(table, item);
        json.WriteStartObject();
        json.WriteStartArray("cells");
        foreach (var cell in cells)
            switch (cell)
            {
                case ITimedCell timed: json.WriteStringValue(timed.Print(now)); break;
                case int number: json.WriteNumberValue(number); break;
                default: json.WriteStringValue((string)cell); break;
            }
        json.WriteEndArray();
        switch (include)
        {
            case IncludeObject.Object:
                json.WritePropertyName("object");
                json.WriteRawValue(item.Json.Span, skipInputValidation: true);
                break;
            case IncludeObject.Metadata:
                json.WriteStartObject("object");
                json.WriteString("kind", "PartialObjectMetadata");
                json.WriteString("apiVersion", "meta.k8s.io/v1");
                json.WritePropertyName("metadata");
                json.WriteRawValue(item.Metadata.Span, skipInputValidation: true);
                json.WriteEndObject();
                break;
            default:
                json.WriteNull("object");
                break;
        }
        json.WriteEndObject();
    }
}
