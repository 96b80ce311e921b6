using MalariaIncident;
using MalariaIncident.Engine.Kubernetes;

namespace Engine.Tests.Kubernetes.Health;

public sealed class SecretSourceTests
{
    private const string Secret = """{"kind":"Secret","metadata":{"name":"db","namespace":"team"},"data":{"url":"aG9zdD14O3Bhc3N3b3JkPXMzY3IzdAo="}}""";

    [Fact]
    public async Task A_key_of_a_secret_is_revealed()
    {
        Assert.Equal("host=x;password=s3cr3t", await RevealAsync("kube:team/db/url", ApiServer.Json(200, Secret)));
    }

    [Theory]
    [InlineData("kube:team/db", "not of the form")]
    [InlineData("kube:team/db/url/more", "not of the form")]
    [InlineData("kube:team/../x/url", "not of the form")]
    [InlineData("kube:te?am/db/url", "not a name")]
    [InlineData("kube:team/db/nope", "has no key 'nope' (it has: url)")]
    public async Task What_cannot_be_revealed_is_named_without_the_value(string reference, string why)
    {
        var failure = await TransportFixture.FailsAsync(FailureKind.SecretUnavailable, RevealAsync(reference, ApiServer.Json(200, Secret)));
        Assert.Contains(why, failure.Message, StringComparison.Ordinal);
        Assert.Contains("kube:", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_forbidden_secret_says_so()
    {
        var failure = await TransportFixture.FailsAsync(
            FailureKind.SecretUnavailable, RevealAsync("kube:team/db/url", ApiServer.Status(403, "Forbidden", "cannot get resource secrets", "secrets", "db")));
        Assert.Contains("cannot get resource secrets", failure.Message, StringComparison.Ordinal);
    }

    private static async Task<string> RevealAsync(string reference, Func<Microsoft.AspNetCore.Http.HttpContext, CancellationToken, Task> answer)
    {
        await using var server = await ApiServer.StartAsync(answer);
        using var file = new KubeConfigFile(server.Uri);
        using var connections = new ClusterConnections();
        return await new KubernetesSecretSource(new(() => connections)).RevealAsync(reference, file.Scope(), CancellationToken.None);
    }
}
