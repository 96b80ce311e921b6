using System.Management.Automation;
using MalariaIncident.Commands;

namespace MalariaIncident.Verify;

/// <summary>Goes through the runbook's verification list and writes the verdict into the record.</summary>
[Cmdlet(VerbsDiagnostic.Test, "IncidentResolution")]
[OutputType(typeof(ResolutionReport), typeof(bool))]
public sealed class TestIncidentResolutionCommand : WorkloadCmdlet
{
    // A command before may write one result per stopped query; the incident is verified once, when all of them are in.
    private readonly List<Scope> _scopes = [];

    /// <summary>key=value pairs, a postgres:// URL, or a reference: env:NAME, file:path, kube:namespace/name/key.</summary>
    [Parameter]
    public string? ConnectionString { get; set; }

    /// <summary>Write only true or false, for if.</summary>
    [Parameter]
    public SwitchParameter Quiet { get; set; }

    /// <inheritdoc/>
    protected override object? Subject => Incident;

    /// <inheritdoc/>
    protected override Scope Scope => base.Scope with { ConnectionString = ConnectionString };

    /// <inheritdoc/>
    protected override void Process()
    {
        if (!_scopes.Contains(Scope))
        {
            _scopes.Add(Scope);
        }
    }

    /// <inheritdoc/>
    protected override void Finish()
    {
        var reports = new List<ResolutionReport>();
        foreach (var scope in _scopes)
        {
            var report = Test(scope);
            reports.Add(report);
            if (!Quiet)
            {
                WriteObject(report);
            }
        }

        if (Quiet)
        {
            WriteObject(reports.Count > 0 && reports.TrueForAll(report => report.Resolved));
        }
    }

    private ResolutionReport Test(Scope scope)
    {
        var progress = new ProgressRecord(1, $"Verify {scope.Incident ?? "the service"}", "Asking the service, the cluster, the database and the record");
        WriteProgress(progress);
        try
        {
            return Await(engine => engine.Services.TestResolutionAsync(scope, StopToken));
        }
        finally
        {
            progress.RecordType = ProgressRecordType.Completed;
            WriteProgress(progress);
        }
    }
}
