using System.Text.Json.Nodes;
using MalariaIncident.Engine.Kubernetes.Rollouts;

namespace MalariaIncident.Engine.Kubernetes.Sizes;

/// <summary>What a namespace allows: its resource quotas and limit ranges. What may not be read becomes a note.</summary>
internal sealed record NamespaceRules(IReadOnlyList<JsonObject> Quotas, IReadOnlyList<JsonObject> LimitRanges, IReadOnlyList<string> Notes)
{
    public static async Task<NamespaceRules> ReadAsync(DeploymentReader reader, CancellationToken cancellationToken)
    {
        var quotas = ListAsync("resourcequotas");
        var ranges = ListAsync("limitranges");
        var notes = new List<string>();
        if (await quotas is null)
        {
            notes.Add("Resource quotas may not be read, so they were not checked.");
        }

        if (await ranges is null)
        {
            notes.Add("Limit ranges may not be read, so they were not checked.");
        }

        return new NamespaceRules(await quotas ?? [], await ranges ?? [], notes);

        Task<IReadOnlyList<JsonObject>?> ListAsync(string resource) => reader.Objects.ListIfReadableAsync(
            $"Reading {resource} of namespace {reader.Namespace}", $"api/v1/namespaces/{reader.Namespace}/{resource}", reader.Name, cancellationToken);
    }
}
