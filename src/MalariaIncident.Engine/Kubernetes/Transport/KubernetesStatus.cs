using System.Text.Json;
using MalariaIncident.Engine.Text;

namespace MalariaIncident.Engine.Kubernetes;

/// <summary>The parts of a <c>Status</c> object that say what went wrong.</summary>
internal sealed record KubernetesStatus(string? Message, string? Reason, string? Kind, string? Name, string? Group)
{
    /// <summary>Null where the body is no Status.</summary>
    public static KubernetesStatus? Parse(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            JsonElement root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || Text(root, "kind") != "Status")
            {
                return null;
            }

            JsonElement details = root.TryGetProperty("details", out JsonElement found) ? found : default;
            return new KubernetesStatus(
                PlainText.OneLine(Text(root, "message"), 500), Text(root, "reason"), Text(details, "kind"), Text(details, "name"), Text(details, "group"));
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? Text(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}
