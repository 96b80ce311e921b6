using System.Net.Http.Headers;
using System.Text.Json.Nodes;

namespace MalariaIncident.Engine.Kubernetes.Rollouts;

/// <summary>Reads and patches objects as JSON, as the server sent them: the client's model would drop what a newer server knows.</summary>
internal sealed class ClusterObjects(ClusterConnection connection, TimeSpan timeout)
{
    public string Namespace => connection.Namespace;
    public string Context => connection.Context;

    public Task<JsonObject> GetAsync(string what, string path, CancellationToken cancellationToken) =>
        connection.ReadAsync(what, timeout, async (_, token) =>
        {
            using var response = await connection.Http.GetAsync(path, token);
            return await ReadAsync(response.Content, token);
        }, cancellationToken);

    /// <summary>One object; ClusterAnswerInvalid where the answer is not the one that was asked for.</summary>
    public async Task<JsonObject> GetAsync(string what, string path, string kind, string name, CancellationToken cancellationToken)
    {
        var found = await GetAsync(what, path, cancellationToken);
        return found.Text("kind") == kind && found.Text("metadata", "name") == name && found.Text("metadata", "uid") is { Length: > 0 }
            ? found
            : throw new IncidentException(
                FailureKind.ClusterAnswerInvalid, $"{what}: the answer is not that {kind.ToLowerInvariant()} (its kind, name or uid is missing).", name);
    }

    public async Task<IReadOnlyList<JsonObject>> ListAsync(string what, string path, string subject, CancellationToken cancellationToken)
    {
        var answer = await GetAsync(what, path, cancellationToken);
        return answer["items"] is JsonArray && answer.Text("kind") is { } kind && kind.EndsWith("List", StringComparison.Ordinal)
            ? [.. answer.Items("items")]
            : throw new IncidentException(FailureKind.ClusterAnswerInvalid, $"{what}: the answer is not a list.", subject);
    }

    /// <summary>What helps a plan but is never needed: null where the server would not say, empty where it knows no such kind.</summary>
    public async Task<IReadOnlyList<JsonObject>?> ListIfReadableAsync(string what, string path, string subject, CancellationToken cancellationToken)
    {
        try
        {
            return await ListAsync(what, path, subject, cancellationToken);
        }
        catch (IncidentException failure) when (failure.Kind == FailureKind.ResourceNotFound)
        {
            return [];
        }
        catch (IncidentException failure) when (failure.Kind is FailureKind.ClusterForbidden or FailureKind.ClusterRefused)
        {
            return null;
        }
    }

    /// <summary>Sends a JSON Patch and returns the object as the server has it now. ObjectChanged for a failed test, OutcomeUnknown for a lost answer.</summary>
    public Task<JsonObject> PatchAsync(string what, string path, string name, JsonArray operations, CancellationToken cancellationToken)
    {
        var body = operations.ToJsonString();
        return connection.WriteAsync(what, timeout, async (_, token) =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Patch, $"{path}?fieldManager=malaria-incident")
            {
                Content = new StringContent(body, new MediaTypeHeaderValue("application/json-patch+json")),
            };
            using var response = await connection.Http.SendAsync(request, token);
            var changed = await ReadAsync(response.Content, token);
            return changed.Text("metadata", "name") == name ? changed : throw new ClusterNonsenseException("something other than the changed object");
        }, cancellationToken);
    }

    private static async Task<JsonObject> ReadAsync(HttpContent content, CancellationToken cancellationToken) =>
        await JsonNode.ParseAsync(await content.ReadAsStreamAsync(cancellationToken), cancellationToken: cancellationToken) as JsonObject ?? [];
}
