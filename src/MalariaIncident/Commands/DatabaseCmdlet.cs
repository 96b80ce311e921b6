using System.Management.Automation;

namespace MalariaIncident.Commands;

/// <summary>A command that talks to PostgreSQL.</summary>
public abstract class DatabaseCmdlet : PodServerCmdlet
{
    /// <summary>Pods that the database runs in, reached through the Kubernetes API: statefulset/postgres, service/postgres:5432, pod/postgres-0, app=postgres.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? DatabasePods { get; set; }

    /// <inheritdoc/>
    protected override string? Pods => DatabasePods;
}
