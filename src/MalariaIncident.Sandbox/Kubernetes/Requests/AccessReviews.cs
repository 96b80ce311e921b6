using System.Text.Json.Nodes;
using MalariaIncident.Sandbox.Kubernetes.Security;

namespace MalariaIncident.Sandbox.Kubernetes.Requests;

/// <summary>SelfSubjectAccessReview: answered by the very rules that requests are judged by.</summary>
internal sealed class AccessReviews(AccessRules rules)
{
    public Task Review(ApiCall call)
    {
        var body = ProtobufReview.IsProtobuf(call.Body) ? ProtobufReview.Read(call.Body) : call.Json();
        if (body is not JsonObject review || review["spec"] is not JsonObject spec)
            throw ApiException.BadRequest("Object 'Kind' is missing in the body of the request");
        var attributes = spec["resourceAttributes"] as JsonObject;
        var resource = (string?)attributes?["resource"] ?? "";
        if ((string?)attributes?["subresource"] is { Length: > 0 } subresource) resource += "/" + subresource;
        var allowed = attributes is null
            ? (string?)spec["nonResourceAttributes"]?["verb"] == "get"
            : rules.Allows(call.Identity, new(
                (string?)attributes["verb"] ?? "", (string?)attributes["group"] ?? "", resource, (string?)attributes["namespace"] is { Length: > 0 } ns ? ns : null, (string?)attributes["name"]));
        var status = new JsonObject { ["allowed"] = allowed };
        if (allowed) status["reason"] = "RBAC: allowed by ClusterRoleBinding \"sandbox\"";
        return call.Answer(new JsonObject
        {
            ["kind"] = "SelfSubjectAccessReview",
            ["apiVersion"] = "authorization.k8s.io/v1",
            ["metadata"] = new JsonObject { ["creationTimestamp"] = null },
            ["spec"] = spec.DeepClone(),
            ["status"] = status,
        }, 201);
    }
}
