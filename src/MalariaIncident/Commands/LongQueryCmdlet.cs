using System.Management.Automation;

namespace MalariaIncident.Commands;

/// <summary>A command that chooses among the sessions of a database.</summary>
public abstract class LongQueryCmdlet : DatabaseCmdlet
{
    /// <summary>At least this long; 5 minutes when left away.</summary>
    [Parameter]
    [Duration]
    public TimeSpan? MinimumDuration { get; set; }

    /// <summary>Users; wildcards allowed.</summary>
    [Parameter]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] User { get; set; } = [];

    /// <summary>Application names; wildcards allowed.</summary>
    [Parameter]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Application { get; set; } = [];

    /// <summary>Databases; wildcards allowed; the one connected to when left away.</summary>
    [Parameter]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Database { get; set; } = [];

    /// <summary>Wildcard over the query's text.</summary>
    [Parameter]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string? Pattern { get; set; }

    /// <summary>Only sessions that block others and are blocked by none.</summary>
    [Parameter]
    public SwitchParameter RootBlockersOnly { get; set; }

    /// <summary>Sessions that are idle in a transaction, too.</summary>
    [Parameter]
    public SwitchParameter IncludeIdleInTransaction { get; set; }

    /// <summary>Exactly these backends.</summary>
    [Parameter]
    [Alias("Pid")]
    [ValidateNotNullOrEmpty]
    public int[] ProcessId { get; set; } = [];

    /// <summary>What was asked for.</summary>
    protected LongQueryFilter Filter => new()
    {
        MinimumDuration = MinimumDuration,
        Users = User,
        Applications = Application,
        Databases = Database,
        Pattern = Pattern,
        RootBlockersOnly = RootBlockersOnly,
        IncludeIdleInTransaction = IncludeIdleInTransaction,
        ProcessIds = ProcessId,
    };

    /// <summary>True where anything was asked for.</summary>
    protected bool IsFiltered =>
        MinimumDuration is not null || User.Length > 0 || Application.Length > 0 || Database.Length > 0 || Pattern is not null || RootBlockersOnly || ProcessId.Length > 0;
}
