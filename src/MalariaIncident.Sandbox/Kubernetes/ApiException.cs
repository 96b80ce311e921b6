using System.Text.Json.Nodes;
using MalariaIncident.Sandbox.Kubernetes.Storage;

namespace MalariaIncident.Sandbox.Kubernetes;

/// <summary>A request that is answered with a <c>Status</c> of kind Failure, worded as the real server words it.</summary>
internal sealed class ApiException(int code, string reason, string message, JsonObject? details = null) : Exception(message)
{
    public int Code { get; } = code;
    public string Reason { get; } = reason;
    public JsonObject Details { get; } = details ?? [];

    /// <summary>Continue token in the metadata of the Status.</summary>
    public string? Continue { get; private init; }

    public JsonObject ToStatus() => new()
    {
        ["kind"] = "Status",
        ["apiVersion"] = "v1",
        ["metadata"] = Continue is null ? [] : new JsonObject { ["continue"] = Continue },
        ["status"] = "Failure",
        ["message"] = Message,
        ["reason"] = Reason,
        ["details"] = Details.DeepClone(),
        ["code"] = Code,
    };

    public static ApiException NotFound(ResourceKind kind, string name) =>
        new(404, "NotFound", $"{kind.QualifiedPlural} \"{name}\" not found", About(kind, name, kind.Plural));

    public static ApiException UnknownPath() => new(404, "NotFound", "the server could not find the requested resource");

    public static ApiException MethodNotAllowed() =>
        new(405, "MethodNotAllowed", "the server does not allow this method on the requested resource");

    public static ApiException NotImplemented(string what) => new(501, "NotImplemented", $"{what} is not implemented by this server");

    public static ApiException AlreadyExists(ResourceKind kind, string name) =>
        new(409, "AlreadyExists", $"{kind.QualifiedPlural} \"{name}\" already exists", About(kind, name, kind.Plural));

    public static ApiException Conflict(ResourceKind kind, string name) => new(409, "Conflict",
        $"Operation cannot be fulfilled on {kind.QualifiedPlural} \"{name}\": the object has been modified; please apply your changes to the latest version and try again",
        About(kind, name, kind.Plural));

    public static ApiException UidConflict(ResourceKind kind, string name, string wanted, string found) => new(409, "Conflict",
        $"Operation cannot be fulfilled on {kind.QualifiedPlural} \"{name}\": Precondition failed: UID in precondition: {wanted}, UID in object meta: {found}",
        About(kind, name, kind.Plural));

    /// <summary>The answer to a JSON patch whose test fails or whose path does not exist.</summary>
    public static ApiException PatchRejected() => new(422, "Invalid", "the server rejected our request due to an error in our request");

    public static ApiException Invalid(ResourceKind kind, string name, string field, string reason, string message)
    {
        var details = About(kind, name, kind.Kind);
        details["causes"] = new JsonArray(new JsonObject { ["reason"] = reason, ["message"] = message, ["field"] = field });
        return new(422, "Invalid", $"{kind.QualifiedKind} \"{name}\" is invalid: {field}: {message}", details);
    }

    public static ApiException BadRequest(string message) => new(400, "BadRequest", message);

    public static ApiException Unauthorized() => new(401, "Unauthorized", "Unauthorized");

    public static ApiException UnsupportedMediaType(string found, params string[] supported) => new(415, "UnsupportedMediaType",
        $"the body of the request was in an unknown format - accepted media types include: {string.Join(", ", supported)}; got {found}");

    public static ApiException NotAcceptable() => new(406, "NotAcceptable",
        "only the following media types are accepted: application/json");

    public static ApiException TooOld(long wanted, long oldest) => new(410, "Expired", $"too old resource version: {wanted} ({oldest})");

    /// <summary>Carries a token for the rest as it is now: taking it makes a list that never was, which is the caller's risk.</summary>
    public static ApiException ContinueExpired(string? token = null) => new(410, "Expired",
        "The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.")
    {
        Continue = token,
    };

    public static ApiException Forbidden(string user, string verb, string group, string resource, string? ns, string? name) => new(403, "Forbidden",
        $"{(group.Length == 0 ? resource : $"{resource.Split('/')[0]}.{group}")}{(name is null ? "" : $" \"{name}\"")} is forbidden: User \"{user}\" cannot {verb} resource \"{resource}\" in API group \"{group}\""
        + (ns is null ? " at the cluster scope" : $" in the namespace \"{ns}\""),
        Without(new() { ["name"] = name, ["group"] = group.Length == 0 ? null : group, ["kind"] = resource.Split('/')[0] }));

    private static JsonObject About(ResourceKind kind, string name, string kindText) =>
        Without(new() { ["name"] = name, ["group"] = kind.Group.Length == 0 ? null : kind.Group, ["kind"] = kindText });

    private static JsonObject Without(JsonObject details)
    {
        foreach (var empty in details.Where(pair => pair.Value is null).Select(pair => pair.Key).ToArray()) details.Remove(empty);
        return details;
    }
}
