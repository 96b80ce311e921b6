using System.Text.Json;
using System.Text.Json.Nodes;
using MalariaIncident.Sandbox.Kubernetes.Security;

namespace MalariaIncident.Sandbox.Kubernetes.Requests;

/// <summary>One request on its way through the handlers.</summary>
internal sealed class ApiCall(HttpContext http, Identity identity, byte[] body)
{
    public HttpContext Http { get; } = http;
    public Identity Identity { get; } = identity;
    public byte[] Body { get; } = body;
    public CancellationToken Aborted => Http.RequestAborted;
    public string Method => Http.Request.Method;

    public string? Query(string name) => Http.Request.Query.TryGetValue(name, out var values) && values.Count > 0 ? values[^1] : null;

    public bool Flag(string name) => Query(name) is "true" or "1" or "True";

    public int? Number(string name)
    {
        if (Query(name) is not { Length: > 0 } text) return null;
        return int.TryParse(text, out var number) ? number : throw ApiException.BadRequest($"strconv.ParseInt: parsing \"{text}\": invalid syntax");
    }

    public bool DryRun
    {
        get
        {
            if (Query("dryRun") is not { Length: > 0 } value) return false;
            return value == "All" ? true : throw ApiException.BadRequest($"invalid value for dryRun: {value}: supported values: All");
        }
    }

    public JsonNode? Json()
    {
        if (ProtobufReview.IsProtobuf(Body)) throw ApiException.UnsupportedMediaType("application/vnd.kubernetes.protobuf", "application/json");
        try
        {
            return Body.Length == 0 ? null : JsonNode.Parse(Body);
        }
        catch (JsonException exception)
        {
            throw ApiException.BadRequest($"couldn't get version/kind; json parse error: {exception.Message}");
        }
    }

    public Task Answer(JsonNode body, int code = 200) => Answer(JsonSerializer.SerializeToUtf8Bytes(body), code);

    public Task Answer(ReadOnlyMemory<byte> json, int code = 200, string contentType = "application/json")
    {
        Http.Response.StatusCode = code;
        Http.Response.ContentType = contentType;
        Http.Response.ContentLength = json.Length;
        return Http.Response.Body.WriteAsync(json, Aborted).AsTask();
    }
}
