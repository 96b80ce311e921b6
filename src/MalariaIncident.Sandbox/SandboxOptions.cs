using MalariaIncident.Sandbox.Kubernetes.Security;
using MalariaIncident.Sandbox.Simulation;

namespace MalariaIncident.Sandbox;

/// <summary>How a sandbox is started.</summary>
public sealed record SandboxOptions
{
    /// <summary>Where its files go; null makes a folder of its own, which is removed at the end.</summary>
    public string? Directory { get; init; }
    /// <summary>Faults that are there from the beginning; they began some minutes ago.</summary>
    public IReadOnlyList<string> Faults { get; init; } = [];
    /// <summary>Pods of other teams, two in a hundred of them unhealthy.</summary>
    public int BulkPods { get; init; }
    /// <summary>Nodes that they run on.</summary>
    public int BulkNodes { get; init; }
    /// <summary>Pods of the application.</summary>
    public int Replicas { get; init; } = 3;
    /// <summary>How fast things happen.</summary>
    public Pace Pace { get; init; } = new();
    /// <summary>Which certificate the API shows.</summary>
    public ServerCertificate Certificate { get; init; }
    /// <summary>False starts no PostgreSQL.</summary>
    public bool Database { get; init; } = true;
    /// <summary>Gives the database a second pod: <c>postgres-0</c> is then a standby, and <c>postgres-1</c> the primary.</summary>
    public bool Standby { get; init; }
    /// <summary>False starts no Redis.</summary>
    public bool Cache { get; init; } = true;
}
