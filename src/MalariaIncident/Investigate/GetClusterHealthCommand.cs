using System.Management.Automation;
using MalariaIncident.Commands;
using MalariaIncident.Completion;

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

    /// <summary>Label selector of the pods and deployments to look at.</summary>
    [Parameter]
    [Alias("l")]
    [ValidateNotNullOrEmpty]
    public string? Selector { get; set; }

    /// <summary>Restarts and events younger than this are findings.</summary>
    [Parameter]
    public TimeSpan? RestartWindow { get; set; }

    /// <summary>Log lines of every unhealthy pod.</summary>
    [Parameter]
    [ValidateRange(0, 500)]
    public int LogLines { get; set; } = 5;

    /// <inheritdoc/>
    protected override object? Subject => Context.Length == 1 ? Context[0] : null;

    /// <inheritdoc/>
    protected override void Process()
    {
        var options = new HealthOptions
        {
            Namespaces = Namespace is null ? [] : [Namespace],
            Selector = Selector,
            RestartWindow = RestartWindow,
            LogLines = LogLines,
        };
        if (Context.Length <= 1)
        {
            WriteObject(Await(Engine.Clusters.GetHealthAsync(Scope with { Context = Context.FirstOrDefault() }, options, StopToken)));
            return;
        }

        var reads = Context.Distinct(StringComparer.Ordinal).Select(context => Engine.Clusters.GetHealthAsync(Scope with { Context = context }, options, StopToken)).ToList();
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
}
