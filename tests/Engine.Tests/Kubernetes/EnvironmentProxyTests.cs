using System.Net;
using MalariaIncident.Engine.Kubernetes;

namespace Engine.Tests.Kubernetes;

/// <summary>kubectl reads NO_PROXY as golang.org/x/net/http/httpproxy does; so must whoever wants to reach the same cluster.</summary>
[Collection(nameof(ProcessEnvironment))]
public sealed class EnvironmentProxyTests
{
    [Theory]
    [InlineData("10.0.0.0/8", "https://10.1.2.3:6443", true)]
    [InlineData("10.0.0.0/8", "https://11.1.2.3:6443", false)]
    [InlineData("fd00::/8", "https://[fd00::1]:6443", true)]
    [InlineData("10.1.2.3", "https://10.1.2.3:6443", true)]
    [InlineData("10.1.2.3:6443", "https://10.1.2.3:6443", true)]
    [InlineData("10.1.2.3:443", "https://10.1.2.3:6443", false)]
    [InlineData("corp.example", "https://api.corp.example", true)]
    [InlineData("corp.example", "https://corp.example", true)]
    [InlineData("corp.example", "https://notcorp.example", false)]
    [InlineData(".corp.example", "https://api.corp.example", true)]
    [InlineData(".corp.example", "https://corp.example", false)]
    [InlineData("*.corp.example", "https://api.corp.example", true)]
    [InlineData("localhost, 10.0.0.0/8 ,corp.example", "https://api.corp.example", true)]
    [InlineData("*", "https://api.example.org", true)]
    [InlineData("localhost,,.", "https://api.example.org", false)]
    public void Who_is_excepted_is_asked_directly(string exceptions, string server, bool directly)
    {
        var machine = new WebProxy("http://proxy.example:3128");
        var proxy = new EnvironmentProxy(machine, exceptions);
        Assert.Equal(directly, proxy.IsBypassed(new Uri(server)));
        Assert.Equal(directly ? null : machine.Address, proxy.GetProxy(new Uri(server)));
    }

    [Fact]
    public void The_sockets_of_a_cluster_heed_it()
    {
        using var environment = new ProcessEnvironment("NO_PROXY", "10.0.0.0/8");
        var context = new KubeContext { Name = "test", Server = new Uri("https://10.1.2.3:6443"), Credentials = new FixedCredential(ClusterCredential.Anonymous) };
        using var sockets = ClusterSockets.Create(context, null, new ServerDistance(isThisMachine: false));
        Assert.True(Assert.IsType<EnvironmentProxy>(sockets.Proxy).IsBypassed(context.Server));
    }
}
