using System.Text.Json;
using MalariaIncident.Engine.Text;

namespace MalariaIncident.Engine.Http;

/// <summary>
/// What the body of a 2xx answer says. Frameworks answer 200 with <c>{"status":"down"}</c>, proxies answer 200 with a sign-in page;
/// both are taken for health by whoever looks at the status alone.
/// </summary>
internal static class HealthBody
{
    private static readonly HashSet<string> Words = new(StringComparer.OrdinalIgnoreCase)
    {
        "down", "unhealthy", "fail", "failed", "failing", "failure", "error", "critical", "unavailable", "dead", "stopped", "outage",
        "not_ready", "not ready", "notready", "not-ready", "out_of_service", "not_ok", "not ok", "not_serving", "offline",
    };

    private static readonly HashSet<string> StatusNames = new(StringComparer.OrdinalIgnoreCase)
    {
        "status", "state", "health", "healthy", "ok", "alive", "live", "ready", "up",
    };

    private static readonly HashSet<string> PartNames = new(StringComparer.OrdinalIgnoreCase)
    {
        "checks", "components", "dependencies", "details", "services", "results", "entries", "info",
    };

    /// <summary>Null when the body is content; otherwise why it is not.</summary>
    public static (ProbeFailure Failure, string Detail)? Judge(string body, string? mediaType)
    {
        var text = body.Trim().TrimStart('\uFEFF');
        if (text.Length == 0)
        {
            return null;
        }

        if (text[0] == '<' || mediaType is "text/html" or "application/xhtml+xml")
        {
            return (ProbeFailure.BodyInvalid, "with a web page in place of a health answer: a proxy or a sign-in page is in between");
        }

        var declaredJson = mediaType is not null && mediaType.EndsWith("json", StringComparison.OrdinalIgnoreCase);
        if (!declaredJson && text[0] is not ('{' or '['))
        {
            return Words.Contains(text.Trim('"', '.', '!')) ? (ProbeFailure.BodySaysDown, $"and the body says {PlainText.OneLine(text, 40)}") : null;
        }

        try
        {
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = 32 });
            return Complaint(document.RootElement, null) is { } complaint ? (ProbeFailure.BodySaysDown, $"and the body says {complaint}") : null;
        }
        catch (JsonException)
        {
            return (ProbeFailure.BodyInvalid, "with JSON that is cut off or broken");
        }
    }

    // The service's own verdict decides; where it gives none, the verdicts on its parts do.
    private static string? Complaint(JsonElement element, string? name)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            return IsBad(element) ? Phrase(name, element) : null;
        }

        var verdicts = element.EnumerateObject()
            .Where(property => StatusNames.Contains(property.Name))
            .Where(property => property.Value.ValueKind is JsonValueKind.String or JsonValueKind.True or JsonValueKind.False)
            .ToList();
        if (verdicts.Count > 0)
        {
            var bad = verdicts.Where(verdict => IsBad(verdict.Value)).Select(verdict => Phrase(name is null ? verdict.Name : $"{name} {verdict.Name}", verdict.Value)).FirstOrDefault();
            return bad is null || name is not null ? bad : bad + Parts(element);
        }

        return Bad(element).FirstOrDefault();
    }

    private static string Parts(JsonElement element)
    {
        var parts = Bad(element).Take(3).ToList();
        return parts.Count == 0 ? "" : $" ({string.Join(", ", parts)})";
    }

    private static IEnumerable<string> Bad(JsonElement element) =>
        element.EnumerateObject()
            .Where(property => PartNames.Contains(property.Name))
            .SelectMany(property => property.Value.ValueKind switch
            {
                JsonValueKind.Object => property.Value.EnumerateObject().Select(part => (part.Name, part.Value)),
                JsonValueKind.Array => property.Value.EnumerateArray().Select(part => (NameOf(part), part)),
                _ => [],
            })
            .Select(part => Complaint(part.Item2, part.Item1))
            .OfType<string>();

    private static string NameOf(JsonElement part) =>
        part.ValueKind == JsonValueKind.Object && part.TryGetProperty("name", out var name) ? name.ToString() : "a part";

    private static bool IsBad(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.False => true,
        JsonValueKind.String => Words.Contains(value.GetString()!.Trim()),
        _ => false,
    };

    private static string Phrase(string? name, JsonElement value)
    {
        var said = PlainText.OneLine(value.ToString().ToLowerInvariant(), 40);
        return name is null ? said : $"{PlainText.OneLine(name, 40)} {said}";
    }
}
