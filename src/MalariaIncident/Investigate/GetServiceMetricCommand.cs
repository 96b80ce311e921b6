using System.Management.Automation;
using MalariaIncident.Commands;
using MalariaIncident.Completion;

namespace MalariaIncident.Investigate;

/// <summary>Asks Prometheus, by the environment's names or by free PromQL.</summary>
[Cmdlet(VerbsCommon.Get, "ServiceMetric", DefaultParameterSetName = "ByName")]
[OutputType(typeof(ServiceMetric))]
public sealed class GetServiceMetricCommand : ScopedCmdlet
{
    /// <summary>Names; wildcards allowed.</summary>
    [Parameter(Position = 0, ParameterSetName = "ByName")]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(MetricCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Name { get; set; } = [];

    /// <summary>PromQL.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "ByQuery")]
    [ValidateNotNullOrEmpty]
    public string? Query { get; set; }

    /// <summary>How far back.</summary>
    [Parameter]
    [Duration]
    public TimeSpan? Since { get; set; }

    /// <summary>Distance of the points.</summary>
    [Parameter]
    [Duration]
    public TimeSpan? Step { get; set; }

    /// <summary>Base address.</summary>
    [Parameter]
    public string? Prometheus { get; set; }

    /// <inheritdoc/>
    protected override void Process()
    {
        var noted = new HashSet<string>(StringComparer.Ordinal);
        var question = new MetricQuestion { Names = Name, Query = Query, Since = Since, Step = Step, Prometheus = Prometheus };
        Stream(engine => engine.Metrics.QueryAsync(Scope, question, StopToken), metric =>
        {
            foreach (var note in metric.Notes.Where(note => noted.Add($"{metric.Query}\n{note}")))
            {
                WriteWarning($"{metric.Name ?? metric.Query}: {note}");
            }

            WriteObject(metric);
        });
    }
}
