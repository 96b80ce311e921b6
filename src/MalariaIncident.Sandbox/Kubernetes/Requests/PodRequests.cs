using MalariaIncident.Sandbox.Kubernetes.Storage;

namespace MalariaIncident.Sandbox.Kubernetes.Requests;

/// <summary>What a kubelet answers: logs, exec, port-forward.</summary>
internal sealed class PodRequests(ClusterStore store)
{
    public Task Log(ApiCall call, ApiPath path)
    {
        _ = store.Find(ResourceKinds.Pods, path.Namespace!, path.Name!) ?? throw ApiException.NotFound(ResourceKinds.Pods, path.Name!);
        throw ApiException.NotImplemented("log");
    }

    public static Task Exec(ApiCall call, ApiPath path) => throw ApiException.NotImplemented("exec");

    public static Task PortForward(ApiCall call, ApiPath path) => throw ApiException.NotImplemented("portforward");
}
