using System.Management.Automation;
using MalariaIncident.Commands;
using MalariaIncident.Completion;

namespace MalariaIncident.Mitigate;

/// <summary>Finds out, by reading the world again, what became of changes whose outcome is unknown.</summary>
[Cmdlet(VerbsDiagnostic.Resolve, "Mitigation", SupportsShouldProcess = true)]
[OutputType(typeof(Mitigation))]
public sealed class ResolveMitigationCommand : IncidentCmdlet
{
    /// <summary>Ids; wildcards allowed; every change of unknown outcome when left away.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("Id")]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(UnknownMitigationCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] MitigationId { get; set; } = [];

    /// <inheritdoc/>
    protected override object? Subject => MitigationId;

    /// <inheritdoc/>
    protected override void Process()
    {
        var which = MitigationId.Length == 0 ? "every change of unknown outcome" : string.Join(", ", MitigationId);
        var what = $"Read the world again for {which}, and write down what it shows";
        if (Confirmation.IsGiven(this, what, what))
        {
            WriteStream(engine => engine.Mitigations.SettleAsync(new() { Ids = MitigationId }, StopToken));
        }
    }
}
