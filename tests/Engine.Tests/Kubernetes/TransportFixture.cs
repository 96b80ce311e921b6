using k8s;
using k8s.Models;
using MalariaIncident;
using MalariaIncident.Engine.Kubernetes;

namespace Engine.Tests.Kubernetes;

/// <summary>A connection to a server of the test's, and the two calls that nearly every test makes.</summary>
internal sealed class TransportFixture : IAsyncDisposable
{
    private readonly ClusterConnections connections;
    private readonly KubeConfigFile file;

    private TransportFixture(ApiServer server, KubeConfigFile file, ClusterConnection connection)
    {
        Server = server;
        connections = new ClusterConnections(Clock);
        this.file = file;
        Connection = connection;
    }

    public ApiServer Server { get; }

    public ClusterConnection Connection { get; private set; }

    /// <summary>What measures the deadlines of the calls.</summary>
    public PatientClock Clock { get; } = new();

    /// <summary>Where the kubeconfig stands.</summary>
    public string Folder => file.Folder;

    public static Task<TransportFixture> StartAsync(params Func<Microsoft.AspNetCore.Http.HttpContext, CancellationToken, Task>[] answers) =>
        StartAsync(null, answers);

    public static async Task<TransportFixture> StartAsync(
        Func<Uri, KubeConfigFile>? configure, params Func<Microsoft.AspNetCore.Http.HttpContext, CancellationToken, Task>[] answers)
    {
        ApiServer server = await ApiServer.StartAsync(answers);
        KubeConfigFile config = configure?.Invoke(server.Uri) ?? new KubeConfigFile(server.Uri);
        var fixture = new TransportFixture(server, config, null!);
        fixture.Connection = await fixture.connections.OpenAsync(config.Scope(), CancellationToken.None);
        return fixture;
    }

    public Task<V1Deployment> ReadAsync(double seconds = 60, CancellationToken cancellationToken = default) => Connection.ReadAsync(
        "Reading deployment/api",
        TimeSpan.FromSeconds(seconds),
        (client, token) => client.AppsV1.ReadNamespacedDeploymentAsync("api", "team", cancellationToken: token),
        cancellationToken);

    public Task<V1Deployment> PatchAsync(double seconds = 60, CancellationToken cancellationToken = default) => Connection.WriteAsync(
        "Changing deployment/api",
        TimeSpan.FromSeconds(seconds),
        (client, token) => client.AppsV1.PatchNamespacedDeploymentAsync(
            new V1Patch("""[{"op":"test","path":"/metadata/resourceVersion","value":"7"}]""", V1Patch.PatchType.JsonPatch), "api", "team", cancellationToken: token),
        cancellationToken);

    /// <summary>Makes a call whose deadline passes once what is waited for is there.</summary>
    public async Task OverdueAsync(Func<double, Task> call, Func<bool> isThere)
    {
        TimeSpan deadline = TimeSpan.FromSeconds(55);
        Clock.Hold(deadline);
        Task calling = call(deadline.TotalSeconds);
        while (!isThere() && !calling.IsCompleted)
        {
            await Task.Delay(10);
        }

        Clock.Pass();
        await calling;
    }

    public static async Task<IncidentException> FailsAsync(FailureKind kind, Task call)
    {
        IncidentException failure = await Assert.ThrowsAsync<IncidentException>(() => call);
        Assert.True(failure.Kind == kind, $"{failure.Kind} instead of {kind}: {failure.Message}");
        for (Exception? inner = failure; inner is not null; inner = inner.InnerException)
        {
            Assert.IsNotType<k8s.Autorest.HttpOperationException>(inner);
            Assert.DoesNotContain("s3cr3t", inner.ToString(), StringComparison.Ordinal);
        }

        return failure;
    }

    public async ValueTask DisposeAsync()
    {
        connections.Dispose();
        file.Dispose();
        await Server.DisposeAsync();
    }
}
