using MalariaIncident.Sandbox.Kubernetes.Requests;

namespace MalariaIncident.Sandbox.Kubernetes.Tables;

/// <summary>How much of each object a table's rows carry.</summary>
internal enum IncludeObject { Metadata, None, Object }

/// <summary>A request for a table instead of objects, found in the Accept header; a client that takes no JSON at all gets 406.</summary>
internal sealed record TableRequest(IncludeObject Include)
{
    public static TableRequest? From(ApiCall call)
    {
        var refused = false;
        foreach (var type in call.Http.Request.Headers.Accept.SelectMany(header => (header ?? "").Split(',')))
        {
            var parts = type.Split(';', StringSplitOptions.TrimEntries);
            if (parts[0] is not ("application/json" or "*/*" or "application/*"))
            {
                refused |= parts[0].Length > 0;
                continue;
            }
            if (!parts.Any(part => part.StartsWith("as=", StringComparison.Ordinal))) return null;
            if (!parts.Contains("as=Table") || !parts.Contains("g=meta.k8s.io") || !parts.Contains("v=v1"))
            {
                refused = true;
                continue;
            }
            return new(call.Query("includeObject") switch
            {
                null or "" or "Metadata" => IncludeObject.Metadata,
                "None" => IncludeObject.None,
                "Object" => IncludeObject.Object,
                var other => throw ApiException.BadRequest($"unrecognized includeObject value: \"{other}\""),
            });
        }
        return refused ? throw ApiException.NotAcceptable() : null;
    }
}
