using System.Management.Automation;
using MalariaIncident.Commands;

namespace MalariaIncident.Investigate;

/// <summary>Shows what a database server has spent its time on.</summary>
[Cmdlet(VerbsCommon.Get, "SlowQuery")]
[OutputType(typeof(SlowQuery))]
public sealed class GetSlowQueryCommand : DatabaseCmdlet
{
    /// <summary>What to put first.</summary>
    [Parameter(Position = 0)]
    [Alias("SortBy")]
    public SlowQueryOrder OrderBy { get; set; }

    /// <summary>How many; 0 lists all.</summary>
    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int Top { get; set; } = 10;

    /// <summary>An earlier listing; only what was added since is counted.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public SlowQuery[] Since { get; set; } = [];

    /// <summary>Databases; wildcards allowed; the one connected to when left away.</summary>
    [Parameter]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Database { get; set; } = [];

    /// <summary>Users; wildcards allowed.</summary>
    [Parameter]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] User { get; set; } = [];

    /// <summary>Wildcard over the statement's text.</summary>
    [Parameter]
    [SupportsWildcards]
    public string? Pattern { get; set; }

    /// <inheritdoc/>
    protected override void Process()
    {
        var options = new SlowQueryOptions { Order = OrderBy, Count = Top, Since = Since, Databases = Database, Users = User, Pattern = Pattern };
        WriteStream(engine => engine.Databases.GetSlowQueriesAsync(Scope, options, StopToken));
    }
}
