using System.Management.Automation;
using MalariaIncident.Commands;
using MalariaIncident.Completion;
using MalariaIncident.Errors;

namespace MalariaIncident.Verify;

/// <summary>Checks in advance whether what an incident may need will work.</summary>
[Cmdlet(VerbsDiagnostic.Test, "IncidentReadiness")]
[OutputType(typeof(ReadinessReport), typeof(bool))]
public sealed class TestIncidentReadinessCommand : IncidentCmdlet
{
    private readonly List<Scope> _scopes = [];

    /// <summary>Incident id or object; the session's incident when left away.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("IncidentId")]
    [IncidentId]
    [ArgumentCompleter(typeof(IncidentCompleter))]
    public string? Incident { get; set; }

    /// <summary>Names in the environment file; several are checked at the same time.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(EnvironmentCompleter))]
    public string[] Environment { get; set => field = value ?? []; } = [];

    /// <summary>Only these areas.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public ReadinessArea[] Area { get; set; } = [];

    /// <summary>Only what these commands need.</summary>
    [Parameter]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(OwnCommandCompleter))]
    public string[] Command { get; set; } = [];

    /// <summary>Path of a kubeconfig file.</summary>
    [Parameter]
    public string? KubeConfig { get; set; }

    /// <summary>Context in the kubeconfig file.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(ContextCompleter))]
    public string? Context { get; set; }

    /// <summary>Kubernetes namespace.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(NamespaceCompleter))]
    public string? Namespace { get; set; }

    /// <summary>Deployment.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(DeploymentCompleter))]
    public string? Deployment { get; set; }

    /// <summary>Container inside the deployment's pods.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(ContainerCompleter))]
    public string? Container { get; set; }

    /// <summary>key=value pairs, a postgres:// URL, or a reference: env:NAME, file:path, kube:namespace/name/key.</summary>
    [Parameter]
    public string? ConnectionString { get; set; }

    /// <summary>Deadline of one answer in seconds.</summary>
    [Parameter]
    [ValidateRange(1, 3600)]
    public int? TimeoutSeconds { get; set; }

    /// <summary>Write the reports into this file, too.</summary>
    [Parameter]
    [Alias("LiteralPath")]
    [ValidateNotNullOrEmpty]
    public string? Path { get; set; }

    /// <summary>Format of the file; its ending decides when left away.</summary>
    [Parameter]
    public ReadinessFormat? Format { get; set; }

    /// <summary>Replace a file that is there already.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Write only true or false, for if.</summary>
    [Parameter]
    public SwitchParameter Quiet { get; set; }

    /// <inheritdoc/>
    protected override object? Subject => Environment.Length == 1 ? Environment[0] : null;

    /// <inheritdoc/>
    protected override void Process()
    {
        foreach (var environment in Chosen())
        {
            var scope = new Scope
            {
                Incident = Incident ?? SessionIncident.Id,
                Environment = environment,
                KubeConfig = KubeConfig is null ? null : GetUnresolvedProviderPathFromPSPath(KubeConfig),
                Context = Context,
                Namespace = Namespace,
                Deployment = Deployment,
                Container = Container,
                ConnectionString = ConnectionString,
                Timeout = TimeoutSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
            };
            if (!_scopes.Contains(scope))
            {
                _scopes.Add(scope);
            }
        }
    }

    /// <inheritdoc/>
    protected override void Finish()
    {
        // Whether the file can be written is known before a minute is spent on what shall stand in it.
        var place = Path is null ? null : FilePlace.Of(this, Path, "No report was written");
        if (place is null && Format is not null)
        {
            throw new IncidentException(FailureKind.ArgumentInvalid, "-Format says how a file is written, and no file is named.", Format, advice: "Name the file with -Path.");
        }

        var options = new ReadinessOptions { Areas = Area, Commands = Command };
        var tests = Ask(engine => _scopes.Select(scope => engine.Readiness.TestAsync(scope, options, StopToken)).ToList());
        var reports = new List<ReadinessReport>();
        var progress = new ProgressRecord(1, "Check what an incident may need", "Asking the cluster, the database, the service and the record");
        WriteProgress(progress);
        try
        {
            reports.AddRange(tests.Select(test => Advised(Await(test))));
        }
        finally
        {
            progress.RecordType = ProgressRecordType.Completed;
            WriteProgress(progress);
        }

        if (place is not null)
        {
            WriteVerbose($"Written to {Await(engine => engine.Reports.WriteReadinessAsync(reports, Format, place, Force, StopToken))}.");
        }

        if (Quiet)
        {
            WriteObject(reports.Count > 0 && reports.TrueForAll(report => report.Ready));
        }
        else
        {
            WriteObject(reports, enumerateCollection: true);
        }
    }

    /// <summary>Names as they were typed, wildcards replaced by what they find; null for the usual one.</summary>
    private IEnumerable<string?> Chosen()
    {
        if (Environment.Length == 0)
        {
            return [null];
        }

        var known = new Lazy<IReadOnlyList<OperationsEnvironment>>(() => Await(engine => engine.Environments.ListAsync(StopToken)));
        return Environment.SelectMany(name => !WildcardPattern.ContainsWildcardCharacters(name) ? [name] : Matching(name, known.Value));
    }

    private static List<string> Matching(string pattern, IReadOnlyList<OperationsEnvironment> known)
    {
        var wanted = new WildcardPattern(pattern, WildcardOptions.IgnoreCase);
        var found = known.Select(environment => environment.Name).Where(wanted.IsMatch).ToList();
        return found.Count > 0 ? found : throw new IncidentException(
            FailureKind.EnvironmentNotFound,
            known.Count == 0 ? "There is no environment file, so no environment has a name." : $"No environment is called '{pattern}'; there are {string.Join(", ", known.Select(environment => environment.Name))}.",
            pattern);
    }

    /// <summary>What to do about a failure stands in the table of errors, unless the check knows better.</summary>
    private static ReadinessReport Advised(ReadinessReport report) => report with
    {
        Checks = [.. report.Checks.Select(check => check is { Advice: null, Failure: { } kind } ? check with { Advice = ErrorTable.AdviceOf(kind) } : check)],
    };
}
