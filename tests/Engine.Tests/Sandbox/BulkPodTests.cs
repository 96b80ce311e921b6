using k8s.Models;
using MalariaIncident.Sandbox;
using MalariaIncident.Sandbox.Kubernetes.Storage;
using MalariaIncident.Sandbox.World;

namespace Engine.Tests.Sandbox;

public sealed class BulkPodTests
{
    [Fact]
    public async Task A_thousand_pods_of_others_are_there_with_the_expected_share_of_trouble()
    {
        await using var world = await SandboxWorld.StartAsync(new() { BulkPods = 1000, BulkNodes = 25, Database = false, Cache = false }, CancellationToken.None);
        using var api = SandboxFixture.ApiOf(world);
        var table = (await api.GetAsync("/api/v1/pods?includeObject=None", "application/json;as=Table;v=v1;g=meta.k8s.io")).MustSucceed();
        var states = table["rows"]!.AsArray().Select(row => ((string)row!["cells"]![1]!, (string)row["cells"]![2]!)).CountBy(state => state).ToDictionary();
        Assert.Equal(5, states[("0/1", "CrashLoopBackOff")]);
        Assert.Equal(5, states[("0/1", "ImagePullBackOff")]);
        Assert.Equal(5, states[("0/1", "Running")]);
        Assert.True(states[("1/1", "Running")] >= 985);
        var names = (await api.GetAsync("/api/v1/namespaces/bulk-07/pods?limit=20")).MustSucceed();
        Assert.Equal(20, names["items"]!.AsArray().Count);
        Assert.Equal(30, (int)names["metadata"]!["remainingItemCount"]!);
        Assert.All(world.Store.All<V1Pod>(ResourceKinds.Pods, "bulk-07"), pod => Assert.Equal("bulk-07", pod.Metadata.NamespaceProperty));
        Assert.Equal(1000, world.Store.List(ResourceKinds.Pods, null, out _).Where(stored => stored.Namespace.StartsWith("bulk-", StringComparison.Ordinal)).DistinctBy(stored => stored.Uid).Count());
    }
}
