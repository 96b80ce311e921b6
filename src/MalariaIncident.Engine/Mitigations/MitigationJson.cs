using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace MalariaIncident.Engine.Mitigations;

/// <summary>How a plan stands in the journal.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(MitigationPlan))]
internal sealed partial class MitigationJson : JsonSerializerContext
{
    private static readonly string[] ReferenceSchemes = ["env:", "file:", "kube:", "secret:"];

    /// <summary>The plan without what may hold a secret: a connection string stays only where it is a reference.</summary>
    public static JsonObject Write(MitigationPlan plan)
    {
        var connection = plan.Scope.ConnectionString;
        var isReference = connection is not null && ReferenceSchemes.Any(scheme => connection.StartsWith(scheme, StringComparison.Ordinal));
        var safe = plan with { Scope = plan.Scope with { ConnectionString = isReference ? connection : null } };
        return JsonSerializer.SerializeToNode(safe, Default.MitigationPlan)!.AsObject();
    }

    /// <summary>Null where the entry is not a plan that this version knows.</summary>
    public static MitigationPlan? Read(JsonNode? node)
    {
        try
        {
            return node?.Deserialize(Default.MitigationPlan);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
