using MalariaIncident.Engine.Environments;

namespace MalariaIncident.Engine.Postgres.Connections;

/// <summary>The way into one pod, through the cluster's API.</summary>
internal sealed class PodRoute(IPodPorts ports, ResolvedScope scope, string home, string pod, int port) : IAsyncDisposable
{
    private readonly LocalDoor _door = LocalDoor.Open(token => ports.ConnectAsync(scope, pod, port, scope.Timeout, token));

    /// <summary>As the output names the server.</summary>
    public string Server { get; } = $"{home}/{pod}:{port}";

    public string Pod => pod;
    public string Host => _door.Host;
    public int Port => _door.Port;

    /// <summary>What went wrong on the way, which explains what the database's own client met; null where nothing did.</summary>
    public IncidentException? Failure => _door.Failure switch
    {
        null => null,
        IncidentException failure => failure,
        var broken => new(FailureKind.DatabaseUnreachable, $"The way to port {port} of pod {pod} in namespace {home} broke: {broken.Message.TrimEnd('.')}.", pod),
    };

    public ValueTask DisposeAsync() => _door.DisposeAsync();
}
