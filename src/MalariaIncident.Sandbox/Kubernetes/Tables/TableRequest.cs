using MalariaIncident.Sandbox.Kubernetes.Requests;

namespace MalariaIncident.Sandbox.Kubernetes.Tables;

/// <summary>How much of each object a table's rows carry.</summary>
internal enum IncludeObject { Metadata, None, Object }

/// <summary>A request for a table instead of objects, found in the Accept header.</summary>
internal sealed record TableRequest(IncludeObject Include)
{
    public static TableRequest? From(ApiCall call)
    {
        foreach (var type in call.Http.Request.Headers.Accept.SelectMany(header => (header ?? "").Split(',')))
        {
            var parts = type.Split(';', StringSplitOptions.TrimEntries);
            if (parts[0] is not ("application/json" or "*/*" or "application/*")) continue;
            if (!parts.Contains("as=Table")) return parts.Any(part => part.StartsWith("as=", StringComparison.Ordinal)) ? throw ApiException.NotAcceptable() : null;
            if (!parts.Contains("g=meta.k8s.io") || !parts.Contains("v=v1")) continue;
            return new(call.Query("includeObject") switch
            {
                null or "" or "Metadata" => IncludeObject.Metadata,
                "None" => IncludeObject.None,
                "Object" => IncludeObject.Object,
                var other => throw ApiException.BadRequest($"unrecognized includeObject value: \"{other}\""),
            });
        }
        return null;
    }
}
