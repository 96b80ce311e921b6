using k8s.Models;
using MalariaIncident.Sandbox.Kubernetes.Storage;

namespace MalariaIncident.Sandbox.Kubernetes.Tables;

internal static class NodeTable
{
    private const string RoleLabel = "node-role.kubernetes.io/";

    public static readonly TableColumns Columns = new(
    [
        new("Name", Format: "name"), new("Status"), new("Roles"), new("Age"), new("Version"), new("Internal-IP", Priority: 1),
        new("External-IP", Priority: 1), new("OS-Image", Priority: 1), new("Kernel-Version", Priority: 1), new("Container-Runtime", Priority: 1),
    ], Cells);

    private static object[] Cells(StoredObject stored)
    {
        var node = stored.As<V1Node>();
        var ready = node.Status?.Conditions?.FirstOrDefault(condition => condition.Type == "Ready");
        var status = ready is null ? "Unknown" : ready.Status == "True" ? "Ready" : "NotReady";
        if (node.Spec?.Unschedulable == true) status += ",SchedulingDisabled";
        var roles = string.Join(',', stored.Labels.Keys.Where(label => label.StartsWith(RoleLabel, StringComparison.Ordinal)).Select(label => label[RoleLabel.Length..]));
        var info = node.Status?.NodeInfo;
        return
        [
            stored.Name, status, roles.Length == 0 ? "<none>" : roles, new AgeCell(stored.CreatedAt), info?.KubeletVersion ?? "<unknown>", Address(node, "InternalIP"),
            Address(node, "ExternalIP"), info?.OsImage ?? "<unknown>", info?.KernelVersion ?? "<unknown>", info?.ContainerRuntimeVersion ?? "<unknown>",
        ];
    }

    private static string Address(V1Node node, string type) =>
        node.Status?.Addresses?.FirstOrDefault(address => address.Type == type)?.Address ?? "<none>";
}
