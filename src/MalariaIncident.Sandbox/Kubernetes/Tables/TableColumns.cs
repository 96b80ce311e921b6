using MalariaIncident.Sandbox.Kubernetes.Storage;

namespace MalariaIncident.Sandbox.Kubernetes.Tables;

/// <summary>A column as the table announces it; priority 1 shows with <c>-o wide</c> only.</summary>
internal sealed record TableColumn(string Name, string Type = "string", int Priority = 0, string Format = "");

/// <summary>The columns of a kind, and how an object fills them.</summary>
internal sealed record TableColumns(IReadOnlyList<TableColumn> Columns, Func<StoredObject, object[]> Cells)
{
    /// <summary>For kinds without a printer of their own.</summary>
    public static readonly TableColumns Plain = new([new("Name", Format: "name"), new("Created At", "date")],
        stored => [stored.Name, Rfc3339.ToSecond(stored.CreatedAt)]);

    public static TableColumns For(ResourceKind kind) => Printers.GetValueOrDefault(kind, Plain);

    private static readonly Dictionary<ResourceKind, TableColumns> Printers = new()
    {
        [ResourceKinds.Pods] = PodTable.Columns,
        [ResourceKinds.Nodes] = NodeTable.Columns,
        [ResourceKinds.Namespaces] = CoreTables.Namespaces,
        [ResourceKinds.Services] = CoreTables.Services,
        [ResourceKinds.Endpoints] = CoreTables.Endpoints,
        [ResourceKinds.EndpointSlices] = CoreTables.EndpointSlices,
        [ResourceKinds.Events] = CoreTables.Events,
        [ResourceKinds.ConfigMaps] = CoreTables.ConfigMaps,
        [ResourceKinds.Secrets] = CoreTables.Secrets,
        [ResourceKinds.ResourceQuotas] = CoreTables.ResourceQuotas,
        [ResourceKinds.Leases] = CoreTables.Leases,
        [ResourceKinds.Deployments] = WorkloadTables.Deployments,
        [ResourceKinds.ReplicaSets] = WorkloadTables.ReplicaSets,
        [ResourceKinds.StatefulSets] = WorkloadTables.StatefulSets,
        [ResourceKinds.HorizontalPodAutoscalers] = WorkloadTables.HorizontalPodAutoscalers,
    };
}
