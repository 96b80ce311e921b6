using System.Buffers;
using System.Text;
using MalariaIncident.Sandbox.Kubernetes.Storage;
using MalariaIncident.Sandbox.Kubernetes.Tables;

namespace MalariaIncident.Sandbox.Kubernetes.Requests;

/// <summary>get and list, as JSON or as the table that kubectl prints.</summary>
internal sealed class ReadRequests(ClusterStore store, ListQuery lists, TableWriter tables)
{
    public Task Get(ApiCall call, ResourceKind kind, ApiPath path)
    {
        var stored = store.Find(kind, path.Namespace ?? "", path.Name!) ?? throw ApiException.NotFound(kind, path.Name!);
        return TableRequest.From(call) is { } table
            ? call.Answer(tables.Write(kind, new([stored], stored.Version, null, null), table))
            : call.Answer(stored.Json);
    }

    public Task List(ApiCall call, ResourceKind kind, ApiPath path)
    {
        var page = lists.Read(call, kind, path);
        return TableRequest.From(call) is { } table ? call.Answer(tables.Write(kind, page, table)) : call.Answer(Envelope(kind, page));
    }

    private static ReadOnlyMemory<byte> Envelope(ResourceKind kind, ListPage page)
    {
        var buffer = new ArrayBufferWriter<byte>(256 + page.Items.Sum(item => item.Json.Length));
        Append(buffer, $"{{\"kind\":\"{kind.Kind}List\",\"apiVersion\":\"{kind.ApiVersion}\",\"metadata\":{{\"resourceVersion\":\"{page.Version}\"");
        if (page.Continue is not null) Append(buffer, $",\"continue\":\"{page.Continue}\"");
        if (page.Remaining is not null) Append(buffer, $",\"remainingItemCount\":{page.Remaining}");
        Append(buffer, "},\"items\":[");
        for (var index = 0; index < page.Items.Count; index++)
        {
            Append(buffer, index == 0 ? "{" : ",{");
            buffer.Write(page.Items[index].Members.Span);
        }
        Append(buffer, "]}\n");
        return buffer.WrittenMemory;
    }

    private static void Append(ArrayBufferWriter<byte> buffer, string text) => buffer.Write(Encoding.UTF8.GetBytes(text));
}
