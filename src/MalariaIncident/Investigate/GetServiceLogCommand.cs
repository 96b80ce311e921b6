using System.Management.Automation;
using MalariaIncident.Commands;
using MalariaIncident.Completion;

namespace MalariaIncident.Investigate;

/// <summary>Reads the logs of all pods of a deployment, merged by time.</summary>
[Cmdlet(VerbsCommon.Get, "ServiceLog")]
[OutputType(typeof(LogLine), typeof(string))]
public sealed class GetServiceLogCommand : LogCmdlet
{
    private const int UsualTail = 100;

    /// <summary>Pods; wildcards allowed; all when left away.</summary>
    [Parameter]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(PodCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Pod { get; set; } = [];

    /// <summary>Not older than this.</summary>
    [Parameter]
    [Duration]
    public TimeSpan? Since { get; set; }

    /// <summary>Newest lines of every container.</summary>
    [Parameter]
    [ValidateRange(1, 1_000_000)]
    public int? Tail { get; set; }

    /// <summary>Go on with new lines until Ctrl+C.</summary>
    [Parameter]
    public SwitchParameter Follow { get; set; }

    /// <summary>The instance before the last restart, too.</summary>
    [Parameter]
    public SwitchParameter Previous { get; set; }

    /// <summary>Lines of this level and above.</summary>
    [Parameter]
    public LogLevel MinimumLevel { get; set; }

    /// <summary>Lines that match.</summary>
    [Parameter]
    [SupportsWildcards]
    public string? Pattern { get; set; }

    /// <summary>Write the lines as they were written, as strings.</summary>
    [Parameter]
    public SwitchParameter Raw { get; set; }

    /// <inheritdoc/>
    protected override void Process()
    {
        var options = new LogOptions
        {
            Since = Since,
            Tail = Tail ?? (Since is null ? UsualTail : null),
            Follow = Follow,
            Previous = Previous,
            Pods = Pod,
            Containers = Container,
            MinimumLevel = MinimumLevel,
            Pattern = Pattern,
        };
        Stream(engine => engine.Logs.ReadAsync(Scope, options, StopToken), item =>
        {
            if (item.Line is { } line)
            {
                WriteObject(Raw ? line.Raw : line);
            }
            else if (item.Note is { } note)
            {
                WriteWarning(note);
            }
        });
    }
}
