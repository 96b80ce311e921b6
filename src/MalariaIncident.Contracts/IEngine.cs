namespace MalariaIncident;

/// <summary>
/// The door to everything that is not PowerShell. One small interface per room; a room, and the packages behind it,
/// is loaded when it is first entered.
/// </summary>
public interface IEngine : IAsyncDisposable
{
    /// <summary>The journal: incidents are folds over its events.</summary>
    IIncidents Incidents { get; }

    /// <summary>Changes to the world: plan, apply, undo.</summary>
    IMitigations Mitigations { get; }

    /// <summary>The read-only switch of the process.</summary>
    ISafety Safety { get; }

    /// <summary>Kubernetes clusters, read only.</summary>
    IClusters Clusters { get; }

    /// <summary>PostgreSQL databases, read only.</summary>
    IDatabases Databases { get; }

    /// <summary>Redis caches, read only.</summary>
    ICaches Caches { get; }

    /// <summary>What was deployed lately.</summary>
    IDeployments Deployments { get; }

    /// <summary>Metrics of Prometheus.</summary>
    IMetrics Metrics { get; }

    /// <summary>The application as its users see it: health addresses, resolution checks.</summary>
    IServices Services { get; }

    /// <summary>What the application leans on, from here and from inside a pod.</summary>
    IDependencies Dependencies { get; }

    /// <summary>Logs of a deployment's pods, read only.</summary>
    ILogs Logs { get; }

    /// <summary>The runbook document as policy: severities, criteria, checklists, templates.</summary>
    IRunbooks Runbooks { get; }

    /// <summary>The environment file.</summary>
    IEnvironments Environments { get; }

    /// <summary>Whether what an incident may need will work, checked in advance.</summary>
    IReadiness Readiness { get; }

    /// <summary>Incident reports.</summary>
    IReports Reports { get; }
}
