using System.Management.Automation;
using MalariaIncident.Commands;
using MalariaIncident.Completion;
using MalariaIncident.Loading;

namespace MalariaIncident.Investigate;

/// <summary>Reads nodes, pods and usage of one or several clusters, and says what is wrong.</summary>
[Cmdlet(VerbsCommon.Get, "ClusterHealth")]
[OutputType(typeof(ClusterHealth))]
public sealed class GetClusterHealthCommand : ClusterCmdlet
{
    /// <summary>Contexts; several are read at the same time.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ContextCompleter))]
    public string[] Context { get; set => field = value ?? []; } = [];

    /// <summary>Namespaces to read; the whole cluster when left away.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(NamespaceCompleter))]
    public new string[] Namespace { get; set => field = value ?? []; } = [];

    /// <summary>Label selector of the pods and deployments to look at.</summary>
    [Parameter]
    [Alias("l")]
    [ValidateNotNullOrEmpty]
    public string? Selector { get; set; }

    /// <summary>Restarts and events younger than this are findings.</summary>
    [Parameter]
    [Duration]
    public TimeSpan? RestartWindow { get; set; }

    /// <summary>Log lines of every unhealthy pod.</summary>
    [Parameter]
    [ValidateRange(0, 500)]
    public int LogLines { get; set; } = 5;

    /// <summary>Look again and again, until Ctrl+C.</summary>
    [Parameter]
    public SwitchParameter Watch { get; set; }

    /// <summary>Time between two looks of a watch.</summary>
    [Parameter]
    [Duration]
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(5);

    /// <inheritdoc/>
    protected override object? Subject => Context.Length == 1 ? Context[0] : null;

    /// <inheritdoc/>
    protected override Scope Scope => base.Scope with { Namespace = Namespace is [var only] && !WildcardPattern.ContainsWildcardCharacters(only) ? only : null };

    /// <inheritdoc/>
    protected override void Process()
    {
        var options = new HealthOptions
        {
            Namespaces = [.. Namespace.Distinct(StringComparer.Ordinal)],
            Selector = Selector,
            RestartWindow = RestartWindow,
            LogLines = LogLines,
        };
        Scope[] scopes = Context.Length == 0 ? [Scope] : [.. Context.Distinct(StringComparer.Ordinal).Select(context => Scope with { Context = context })];
        CheckInterval();
        if (Watch)
        {
            new ClusterWatch(this).Run([.. scopes.Select(scope => EngineDoor.Stream(engine => engine.Clusters.WatchHealthAsync(scope, options, Interval, StopToken)))], WriteFailure, StopToken);
            return;
        }

        var reads = Ask(engine => scopes.Select(scope => engine.Clusters.GetHealthAsync(scope, options, StopToken)).ToList());
        if (reads.Count == 1)
        {
            WriteObject(Await(reads[0]));
            return;
        }

        foreach (var read in reads)
        {
            try
            {
                WriteObject(Await(read));
            }
            catch (IncidentException failure)
            {
                WriteFailure(failure);
            }
        }
    }

    private void CheckInterval()
    {
        if (!Watch && MyInvocation.BoundParameters.ContainsKey(nameof(Interval)))
        {
            throw new IncidentException(FailureKind.ArgumentInvalid, "-Interval is the time between the looks of a watch, and there is none.", Interval, advice: "Add -Watch, or leave -Interval away.");
        }

        if (Interval < TimeSpan.FromSeconds(1) || Interval > TimeSpan.FromHours(1))
        {
            throw new IncidentException(
                FailureKind.ArgumentInvalid, $"A watch cannot look every {Interval}: it takes from a second to an hour.", Interval, advice: "Name it with a unit: -Interval 5s.");
        }
    }
}
