using System.Management.Automation;

namespace MalariaIncident.Commands;

/// <summary>A command that talks to PostgreSQL.</summary>
public abstract class DatabaseCmdlet : ScopedCmdlet
{
    /// <summary>key=value pairs, a postgres:// URL, or a reference: env:NAME, file:path, kube:namespace/name/key.</summary>
    [Parameter]
    public string? ConnectionString { get; set; }

    /// <inheritdoc/>
    protected override Scope Scope => base.Scope with { ConnectionString = ConnectionString };
}
