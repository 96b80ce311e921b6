using MalariaIncident.Engine.Kubernetes;
using MalariaIncident.Engine.Kubernetes.PortForward;
using MalariaIncident.Sandbox;
using MalariaIncident.Sandbox.World;
using Npgsql;

namespace Engine.Tests.Postgres;

/// <summary>A cluster with two pods of a database: <c>postgres-0</c> is a standby, <c>postgres-1</c> the primary.</summary>
public sealed class PodWorld : IAsyncLifetime, IDisposable
{
    private readonly ClusterConnections _connections = new();
    private SandboxWorld? _world;

    public SandboxWorld World => _world!;

    public async Task InitializeAsync() => _world = await SandboxWorld.StartAsync(new() { Cache = false, Standby = true }, CancellationToken.None);

    public async Task DisposeAsync() => await World.DisposeAsync();

    public void Dispose() => _connections.Dispose();

    /// <summary>The room, with its database behind these pods; skips where there is no PostgreSQL.</summary>
    internal Room RoomOf(string pods, TimeSpan? timeout = null, string? connection = null)
    {
        Skip.If(World.Database is null && Environment.GetEnvironmentVariable("MALARIA_INCIDENT_REQUIRE_SERVERS") != "1", "No PostgreSQL is installed here.");
        connection ??= World.Database!.ConnectionString;
        return new Room(connection, pods: new PodPorts(new(() => _connections)))
        {
            Scope = new()
            {
                ConnectionString = connection, KubeConfig = World.KubeConfig, Namespace = ProductionNames.Namespace, Pods = pods, Timeout = timeout, Incident = "INC-2026-0001",
            },
        };
    }

    public async Task<T> AskAsync<T>(string sql)
    {
        await using var connection = new NpgsqlConnection(World.Database!.ConnectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync())!;
    }
}
