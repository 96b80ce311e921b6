using System.Text;
using System.Text.Json;
using MalariaIncident.Engine.Environments;
using MalariaIncident.Engine.Text;

namespace MalariaIncident.Engine.Kubernetes.Logs;

/// <summary>Turns the bytes of a line into a line that people and programs can read.</summary>
internal sealed class LogLines(WorkloadLogs workload, ResolvedScope scope)
{
    private const int DeepestProperty = 8;
    private static readonly string[] MessageNames = ["message", "msg", "event", "@m", "@mt", "text", "Message"];

    public LogLine Read(LogSource source, DateTimeOffset? time, LogLevel level, ReadOnlySpan<byte> bytes)
    {
        var raw = Encoding.UTF8.GetString(bytes.TrimEnd((byte)'\r'));
        var properties = Properties(raw);
        var message = MessageNames.Select(name => properties.GetValueOrDefault(name) as string).FirstOrDefault(text => !string.IsNullOrEmpty(text));
        return new LogLine
        {
            Incident = scope.Incident,
            Environment = scope.EnvironmentName,
            Namespace = workload.Namespace,
            Deployment = workload.Deployment,
            Pod = source.Pod,
            Container = source.Container,
            Previous = source.Previous,
            Time = time,
            Level = level,
            Message = PlainText.Indented((message ?? raw).ReplaceLineEndings(" ")),
            Raw = raw,
            Properties = properties,
        };
    }

    private static Dictionary<string, object?> Properties(string raw)
    {
        var properties = new Dictionary<string, object?>(StringComparer.Ordinal);
        if (!raw.AsSpan().TrimStart().StartsWith("{", StringComparison.Ordinal))
        {
            return properties;
        }

        try
        {
            using var document = JsonDocument.Parse(raw);
            foreach (var property in document.RootElement.EnumerateObject())
            {
                properties[property.Name] = Value(property.Value, 1);
            }
        }
        catch (JsonException)
        {
            properties.Clear();
        }

        return properties;
    }

    private static object? Value(JsonElement element, int depth) => element.ValueKind switch
    {
        JsonValueKind.String => element.GetString(),
        JsonValueKind.Number => element.TryGetInt64(out var whole) ? (object)whole : element.GetDouble(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Object when depth < DeepestProperty => element.EnumerateObject()
            .DistinctBy(property => property.Name)
            .ToDictionary(property => property.Name, property => Value(property.Value, depth + 1), StringComparer.Ordinal),
        JsonValueKind.Array when depth < DeepestProperty => element.EnumerateArray().Select(item => Value(item, depth + 1)).ToArray(),
        JsonValueKind.Null or JsonValueKind.Undefined => null,
        _ => element.GetRawText(),
    };
}
