using System.Text.Json.Nodes;
using MalariaIncident.Engine.Kubernetes.Rollouts;

namespace MalariaIncident.Engine.Kubernetes.Sizes;

/// <summary>Whether a resource quota counts the pods of a template at all: many are for one priority or quality of service only.</summary>
internal static class QuotaScopes
{
    public static bool Count(JsonObject quota, PodTemplate template)
    {
        var spec = template.Content["spec"];
        var names = (quota.At("spec", "scopes") as JsonArray ?? []).Select(scope => new JsonObject { ["scopeName"] = scope.Text(), ["operator"] = "Exists" });
        return names.Concat(quota.Items("spec", "scopeSelector", "matchExpressions")).All(scope => Holds(scope, spec));
    }

    private static bool Holds(JsonObject scope, JsonNode? spec) => scope.Text("scopeName") switch
    {
        "Terminating" => spec.Number("activeDeadlineSeconds") is not null,
        "NotTerminating" => spec.Number("activeDeadlineSeconds") is null,
        "BestEffort" => QualityOfService.Of(spec) == QualityOfService.BestEffort,
        "NotBestEffort" => QualityOfService.Of(spec) != QualityOfService.BestEffort,
        "PriorityClass" => HasPriority(scope, spec.Text("priorityClassName")),
        "CrossNamespacePodAffinity" => false,
        _ => true,
    };

    private static bool HasPriority(JsonObject scope, string? priority)
    {
        var named = priority is not null && (scope["values"] as JsonArray ?? []).Any(value => value.Text() == priority);
        return scope.Text("operator") switch
        {
            "In" => named,
            "NotIn" => !named,
            "DoesNotExist" => priority is null,
            _ => priority is not null,
        };
    }
}
