using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MalariaIncident.Sandbox.Kubernetes.Storage;

namespace MalariaIncident.Sandbox.Kubernetes.Requests;

/// <summary>Where the next page of a list begins.</summary>
/// <param name="Snapshot">The list that the first page began; null goes on in the list as it is now.</param>
/// <param name="Start">Index in the snapshot.</param>
/// <param name="Key">Key of the last object that was given.</param>
/// <param name="Version">Resource version of the snapshot.</param>
internal sealed record ContinueToken(string? Snapshot, int Start, string Key, long Version)
{
    public static string KeyOf(StoredObject item) => $"{item.Namespace}\0{item.Name}";

    public string Write()
    {
        var text = new JsonObject { ["v"] = "meta.k8s.io/v1", ["rv"] = Snapshot is null ? -1 : Version, ["start"] = Key, ["at"] = Start, ["of"] = Snapshot }.ToJsonString();
        return Convert.ToBase64String(Encoding.UTF8.GetBytes(text)).TrimEnd('=').Replace('+', '-').Replace('/', '_');
    }

    public static ContinueToken Read(string token)
    {
        try
        {
            var text = Convert.FromBase64String(token.Replace('-', '+').Replace('_', '/').PadRight((token.Length + 3) / 4 * 4, '='));
            var parsed = (JsonObject)JsonNode.Parse(text)!;
            return new((string?)parsed["of"], (int)parsed["at"]!, (string)parsed["start"]!, (long)parsed["rv"]!);
        }
        catch (Exception exception) when (exception is FormatException or JsonException or InvalidOperationException or InvalidCastException or NullReferenceException or ArgumentNullException)
        {
            throw ApiException.BadRequest("continue key is not valid: " + exception.Message);
        }
    }
}
