using System.Management.Automation;

namespace MalariaIncident.Errors;

/// <summary>
/// The one table of errors: kind → category, exit code of the host, what to do. The id of an error is the name of its
/// <see cref="FailureKind"/>; ids are a public contract.
/// </summary>
internal static class ErrorTable
{
    /// <summary>Exit codes of the host.</summary>
    internal static class Exit
    {
        public const int Failed = 1;
        public const int BadInput = 2;
        public const int Declined = 3;
        public const int Unknown = 4;
        public const int Forbidden = 5;
        public const int Unreachable = 6;
        public const int Store = 7;
        public const int Stopped = 130;
    }

    public static readonly IReadOnlyDictionary<FailureKind, ErrorRow> Rows = new Dictionary<FailureKind, ErrorRow>
    {
        [FailureKind.ArgumentInvalid] = new(ErrorCategory.InvalidArgument, Exit.BadInput, "Correct the argument; Get-Help <command> -Parameter * says what it takes."),
        [FailureKind.NameInvalid] = new(ErrorCategory.InvalidArgument, Exit.BadInput, "Use lower-case letters, digits and '-' (and '.' where Kubernetes allows it)."),
        [FailureKind.TitleEmpty] = new(ErrorCategory.InvalidArgument, Exit.BadInput, "Give the incident a title of one line, for example: New-Incident -Title 'Prediction API returns 500'."),
        [FailureKind.ConnectionStringInvalid] = new(ErrorCategory.InvalidArgument, Exit.BadInput, "Use key=value pairs (Host=…;Database=…), a URL, or a reference such as env:DATABASE_URL."),
        [FailureKind.PathInvalid] = new(ErrorCategory.InvalidArgument, Exit.BadInput, "Name a folder or file that can be written; -Force replaces an existing file."),
        [FailureKind.ConfirmationImpossible] = new(ErrorCategory.InvalidOperation, Exit.Declined, "Nobody is there to be asked. Run it with -WhatIf first, then with -Confirm:$false."),

        [FailureKind.IncidentNotFound] = new(ErrorCategory.ObjectNotFound, Exit.BadInput, "Get-Incident lists the incidents of this store."),
        [FailureKind.IncidentClosed] = new(ErrorCategory.InvalidOperation, Exit.BadInput, "Open it again with Set-Incident -Status Investigating, or declare a new one."),
        [FailureKind.IncidentUnverified] = new(ErrorCategory.InvalidOperation, Exit.Failed, "Run Test-IncidentResolution first, or close it with -Force and a -Reason."),
        [FailureKind.MitigationNotFound] = new(ErrorCategory.ObjectNotFound, Exit.BadInput, "Get-Mitigation lists what was done."),
        [FailureKind.MitigationNotReversible] = new(ErrorCategory.InvalidOperation, Exit.Failed, "There is nothing to put back; Get-Mitigation shows what is known about it."),
        [FailureKind.MitigationStillInForce] = new(ErrorCategory.InvalidOperation, Exit.Failed, "Undo it with Undo-Mitigation, or name it with -KeepMitigation and say why with -Reason."),
        [FailureKind.StoreUnreadable] = new(ErrorCategory.OpenError, Exit.Store, "Check the path and its permissions, or point MALARIA_INCIDENT_STORE elsewhere."),
        [FailureKind.StoreReadOnly] = new(ErrorCategory.PermissionDenied, Exit.Store, "Nothing was done. Make the store writable, point MALARIA_INCIDENT_STORE elsewhere, or act with -Force, which journals to a file beside."),
        [FailureKind.StoreFull] = new(ErrorCategory.WriteError, Exit.Store, "Nothing was done. Free disk space, point MALARIA_INCIDENT_STORE elsewhere, or act with -Force, which journals to a file beside."),
        [FailureKind.StoreBusy] = new(ErrorCategory.ResourceBusy, Exit.Store, "Another process has held the store for long. Try again; if it persists, look for a hanging process."),
        [FailureKind.StoreNewer] = new(ErrorCategory.InvalidOperation, Exit.Store, "A newer version of this module wrote the store. It can be read; update the module to write it."),
        [FailureKind.StoreCorrupt] = new(ErrorCategory.InvalidData, Exit.Store, "Keep the file. Copy it aside, run Test-IncidentJournal on the copy, and restore from a backup."),
        [FailureKind.StoreOnNetworkFileSystem] = new(ErrorCategory.InvalidOperation, Exit.Store, "Put the store on a local disk (MALARIA_INCIDENT_STORE)."),

        [FailureKind.EnvironmentFileMissing] = new(ErrorCategory.ObjectNotFound, Exit.BadInput, "Get-Help about_MalariaIncident_Environments has a sample to start from."),
        [FailureKind.EnvironmentFileInvalid] = new(ErrorCategory.InvalidData, Exit.BadInput, "Correct the line; Get-Help about_MalariaIncident_Environments describes every key."),
        [FailureKind.EnvironmentNotFound] = new(ErrorCategory.ObjectNotFound, Exit.BadInput, "Use a name from the environment file, or name the places by parameters."),
        [FailureKind.SettingMissing] = new(ErrorCategory.InvalidArgument, Exit.BadInput, "Give it by parameter, or add it to the environment file."),
        [FailureKind.SecretUnavailable] = new(ErrorCategory.SecurityError, Exit.BadInput, "Check that the reference names something this account can read."),
        [FailureKind.RunbookInvalid] = new(ErrorCategory.InvalidData, Exit.BadInput, "Correct the runbook at the line named."),

        [FailureKind.KubeConfigMissing] = new(ErrorCategory.ObjectNotFound, Exit.BadInput, "Name one with -KubeConfig, or set KUBECONFIG."),
        [FailureKind.KubeConfigInvalid] = new(ErrorCategory.InvalidData, Exit.BadInput, "Correct the file at the place named; 'kubectl config view' shows how kubectl reads it."),
        [FailureKind.ContextNotFound] = new(ErrorCategory.ObjectNotFound, Exit.BadInput, "Use one of the contexts named, or another -KubeConfig."),
        [FailureKind.ClusterUnreachable] = new(ErrorCategory.ConnectionError, Exit.Unreachable, "Check the network, VPN and proxy, and that the context names the right cluster."),
        [FailureKind.ClusterUntrusted] = new(ErrorCategory.SecurityError, Exit.Unreachable, "Do not go on: check the server's address and the cluster's certificate authority in the kubeconfig."),
        [FailureKind.ClusterTimeout] = new(ErrorCategory.OperationTimeout, Exit.Unreachable, "Try again, or allow more time with -TimeoutSeconds."),
        [FailureKind.ClusterUnauthenticated] = new(ErrorCategory.AuthenticationError, Exit.Forbidden, "Log in again as your kubeconfig's user does."),
        [FailureKind.ClusterForbidden] = new(ErrorCategory.PermissionDenied, Exit.Forbidden, "Ask a cluster administrator for the permission named."),
        [FailureKind.ClusterRefused] = new(ErrorCategory.InvalidOperation, Exit.Failed, "Read the server's reason; nothing was changed."),
        [FailureKind.ClusterBusy] = new(ErrorCategory.LimitsExceeded, Exit.Unreachable, "The API server asks for fewer requests. Wait, or allow more time with -TimeoutSeconds."),
        [FailureKind.ClusterAnswerInvalid] = new(ErrorCategory.InvalidResult, Exit.Unreachable, "Something between here and the API server answers in its place; check proxy and address."),
        [FailureKind.NamespaceNotFound] = new(ErrorCategory.ObjectNotFound, Exit.BadInput, "Check -Namespace and -Context."),
        [FailureKind.DeploymentNotFound] = new(ErrorCategory.ObjectNotFound, Exit.BadInput, "Check -Deployment, -Namespace and -Context."),
        [FailureKind.ServiceNotFound] = new(ErrorCategory.ObjectNotFound, Exit.BadInput, "Check -Service, -Namespace and -Context."),
        [FailureKind.ContainerNotFound] = new(ErrorCategory.ObjectNotFound, Exit.BadInput, "Name one of the containers with -Container."),
        [FailureKind.ResourceNotFound] = new(ErrorCategory.ObjectNotFound, Exit.BadInput, "Check the name, -Namespace and -Context."),
        [FailureKind.RolloutHistoryEmpty] = new(ErrorCategory.ObjectNotFound, Exit.Failed, "The deployment keeps no old ReplicaSets (revisionHistoryLimit); deploy the wanted image instead."),
        [FailureKind.RevisionNotFound] = new(ErrorCategory.ObjectNotFound, Exit.BadInput, "Get-RolloutHistory lists the revisions."),
        [FailureKind.RollbackTargetMissing] = new(ErrorCategory.ObjectNotFound, Exit.Failed, "Get-RolloutHistory shows each revision with the reason; name one with -ToRevision, or degrade the service with Set-ServiceDegradation."),
        [FailureKind.RollbackTargetAmbiguous] = new(ErrorCategory.InvalidOperation, Exit.Failed, "Choose one with -ToRevision; Get-RolloutHistory shows them."),
        [FailureKind.RolloutFailed] = new(ErrorCategory.OperationStopped, Exit.Failed, "Read the pods' reasons above; Undo-Mitigation puts the former template back."),
        [FailureKind.RolloutTimeout] = new(ErrorCategory.OperationTimeout, Exit.Failed, "Get-ClusterHealth shows what it waits for; Undo-Mitigation puts the former template back."),
        [FailureKind.ObjectChanged] = new(ErrorCategory.ResourceExists, Exit.Failed, "Nothing was overwritten. Look at what moved, then run the command again for a new plan."),
        [FailureKind.DeploymentPaused] = new(ErrorCategory.InvalidOperation, Exit.Failed, "Find out who paused it and why; kubectl rollout resume lets it go on."),
        [FailureKind.ScaleDownNotAllowed] = new(ErrorCategory.InvalidArgument, Exit.BadInput, "Give more replicas than run now, or say -AllowScaleDown if fewer are meant."),
        [FailureKind.QuotaExceeded] = new(ErrorCategory.LimitsExceeded, Exit.Failed, "Ask for less, or have an administrator raise the quota named."),
        [FailureKind.LimitRangeExceeded] = new(ErrorCategory.LimitsExceeded, Exit.BadInput, "Stay within the limit range named, or have an administrator change it."),
        [FailureKind.NodeTooSmall] = new(ErrorCategory.LimitsExceeded, Exit.BadInput, "Ask for less than the largest node has."),
        [FailureKind.ResizeUnsupported] = new(ErrorCategory.NotImplemented, Exit.Failed, "Leave -InPlace away: the template changes and the pods are replaced, a few at a time."),
        [FailureKind.ResizeFailed] = new(ErrorCategory.OperationStopped, Exit.Failed, "Get-Mitigation shows what stands. Without -InPlace the template changes and the pods are replaced."),
        [FailureKind.SlotUnknown] = new(ErrorCategory.InvalidOperation, Exit.BadInput, "Name the key with -SelectorKey and both slots with -Slot, as the service's selector and the pods' labels have them."),
        [FailureKind.SlotNotReady] = new(ErrorCategory.ResourceUnavailable, Exit.Failed, "Nothing was changed. Get-ClusterHealth shows what its pods wait for."),
        [FailureKind.SwitchIncomplete] = new(ErrorCategory.OperationTimeout, Exit.Failed, "Get-ClusterHealth shows the pods; Undo-Mitigation leads the service back."),
        [FailureKind.ObjectManagedElsewhere] = new(ErrorCategory.InvalidOperation, Exit.Failed, "Change it where it is managed, pause that controller, or use -Force and expect it to be reverted."),

        [FailureKind.DatabaseUnreachable] = new(ErrorCategory.ConnectionError, Exit.Unreachable, "Check host, port and network of the connection string."),
        [FailureKind.DatabaseUntrusted] = new(ErrorCategory.SecurityError, Exit.Unreachable, "Check the server's certificate, and sslmode and sslrootcert of the connection string."),
        [FailureKind.DatabaseTimeout] = new(ErrorCategory.OperationTimeout, Exit.Unreachable, "The server does not answer; try again, or allow more time with -TimeoutSeconds."),
        [FailureKind.DatabaseUnauthenticated] = new(ErrorCategory.AuthenticationError, Exit.Forbidden, "Check user and password behind the connection string or reference."),
        [FailureKind.DatabaseForbidden] = new(ErrorCategory.PermissionDenied, Exit.Forbidden, "Have an administrator run the GRANT named."),
        [FailureKind.DatabaseThroughPooler] = new(ErrorCategory.InvalidOperation, Exit.Failed, "Connect to the PostgreSQL server itself, by its own address or -DatabasePods statefulset/postgres: behind a pooler a process id is not the server's."),
        [FailureKind.DatabasePrimaryMissing] = new(ErrorCategory.ResourceUnavailable, Exit.Unreachable, "A failover may be under way: try again; Get-ClusterHealth shows the pods."),
        [FailureKind.DatabaseAnswerInvalid] = new(ErrorCategory.InvalidResult, Exit.Failed, "Is this a PostgreSQL server of version 12 or newer?"),
        [FailureKind.DatabaseExtensionMissing] = new(ErrorCategory.NotInstalled, Exit.Failed, "Have an administrator add it to shared_preload_libraries, restart, and CREATE EXTENSION."),
        [FailureKind.DatabaseRefused] = new(ErrorCategory.InvalidOperation, Exit.Failed, "Read the server's reason; what was done stands in the results and the journal."),
        [FailureKind.TooManyTargets] = new(ErrorCategory.LimitsExceeded, Exit.BadInput, "Narrow the filter, or raise -MaximumCount."),

        [FailureKind.CacheUnreachable] = new(ErrorCategory.ConnectionError, Exit.Unreachable, "Check host, port and network of the connection, and whether the server runs."),
        [FailureKind.CacheTimeout] = new(ErrorCategory.OperationTimeout, Exit.Unreachable, "The server takes connections and does not answer: it hangs, or a long command holds it. Allow more time with -TimeoutSeconds to be sure."),
        [FailureKind.CacheUnauthenticated] = new(ErrorCategory.AuthenticationError, Exit.Forbidden, "Check user and password behind the connection string or reference."),
        [FailureKind.CacheForbidden] = new(ErrorCategory.PermissionDenied, Exit.Forbidden, "Have an administrator allow the command named (ACL SETUSER … +info +ping +slowlog|get)."),
        [FailureKind.CacheUntrusted] = new(ErrorCategory.SecurityError, Exit.Unreachable, "Do not go on: check the server's address and who signed its certificate."),
        [FailureKind.CacheRefused] = new(ErrorCategory.InvalidOperation, Exit.Failed, "Read the server's reason."),
        [FailureKind.CacheAnswerInvalid] = new(ErrorCategory.InvalidResult, Exit.Failed, "Is this a Redis server, and the right port? rediss:// or ssl=true speaks TLS, redis:// does not."),

        [FailureKind.MetricsUnreachable] = new(ErrorCategory.ConnectionError, Exit.Unreachable, "Check the address of Prometheus (-Prometheus, or 'prometheus' in the environment file) and the network."),
        [FailureKind.MetricsTimeout] = new(ErrorCategory.OperationTimeout, Exit.Unreachable, "Narrow the query or the range, or allow more time with -TimeoutSeconds."),
        [FailureKind.MetricsUntrusted] = new(ErrorCategory.SecurityError, Exit.Unreachable, "Do not go on: check the address of Prometheus and who signed its certificate."),
        [FailureKind.MetricsUnauthenticated] = new(ErrorCategory.AuthenticationError, Exit.Forbidden, "Give user and password in the address, kept behind a reference: prometheus: env:PROMETHEUS_URL with https://user:password@host."),
        [FailureKind.MetricsRefused] = new(ErrorCategory.InvalidOperation, Exit.Failed, "Read the server's reason."),
        [FailureKind.MetricsAnswerInvalid] = new(ErrorCategory.InvalidResult, Exit.Failed, "Is this the base address of Prometheus, and not that of Grafana, a proxy or a sign-in page?"),
        [FailureKind.MetricNotFound] = new(ErrorCategory.ObjectNotFound, Exit.BadInput, "Add it under 'metrics' in the environment file, or give -Query."),
        [FailureKind.QueryInvalid] = new(ErrorCategory.ParserError, Exit.BadInput, "Correct the PromQL at the place named."),

        [FailureKind.ServiceUnreachable] = new(ErrorCategory.ConnectionError, Exit.Unreachable, "Check the address and the network."),
        [FailureKind.ServiceUnhealthy] = new(ErrorCategory.ResourceUnavailable, Exit.Failed, "Get-ClusterHealth and Test-ServiceHealth show what is wrong."),

        [FailureKind.OutcomeUnknown] = new(ErrorCategory.InvalidResult, Exit.Unknown, "The answer was lost. Resolve-Mitigation reads the object again and tells; do not repeat it before that."),
        [FailureKind.ChangeNotMade] = new(ErrorCategory.ConnectionError, Exit.Unreachable, "It is safe to try again."),
        [FailureKind.VerificationFailed] = new(ErrorCategory.InvalidResult, Exit.Failed, "The change was made, and the service is still not healthy: Get-ClusterHealth, Test-ServiceHealth; Undo-Mitigation puts it back."),
        [FailureKind.PlanInvalid] = new(ErrorCategory.InvalidData, Exit.BadInput, "Make the plan with the same command and -PlanOnly, or -PlanPath for a file."),
        [FailureKind.PlanAltered] = new(ErrorCategory.SecurityError, Exit.BadInput, "Nothing was sent. Make a new plan with -PlanOnly, and find out who changed this one."),
        [FailureKind.PlanUsed] = new(ErrorCategory.InvalidOperation, Exit.BadInput, "A plan is carried out once. Get-Mitigation shows what came of it; make a new plan for another change."),
        [FailureKind.ApprovalMissing] = new(ErrorCategory.PermissionDenied, Exit.Forbidden, "Save the plan with -PlanPath, let another person run Approve-Mitigation on it, then give it with -Plan. If that cannot wait: -BreakGlass 'why'."),
        [FailureKind.ApprovalByPlanner] = new(ErrorCategory.PermissionDenied, Exit.Forbidden, "Another person than the one who planned it has to approve it."),
        [FailureKind.NothingToDo] = new(ErrorCategory.InvalidOperation, Exit.Failed, "It is that way already; nothing was changed."),
        [FailureKind.ReadOnlyMode] = new(ErrorCategory.PermissionDenied, Exit.Forbidden, "This process is read-only. Set-IncidentSafety -Mode ReadWrite lets it act again."),
        [FailureKind.EngineFailed] = new(ErrorCategory.NotSpecified, Exit.Failed, "This is a defect of the module; please report it with the command that led here."),
        [FailureKind.Stopped] = new(ErrorCategory.OperationStopped, Exit.Stopped, "It was stopped. Get-Mitigation shows what is known."),
    };

    /// <summary>One failure as one error record.</summary>
    public static ErrorRecord ToRecord(IncidentException failure, object? target)
    {
        var row = Rows.TryGetValue(failure.Kind, out var found) ? found : Rows[FailureKind.EngineFailed];
        return new ErrorRecord(failure, failure.Kind.ToString(), row.Category, failure.Subject ?? target)
        {
            // PowerShell prints the recommendation on a line of its own below the message.
            ErrorDetails = new ErrorDetails(failure.Message)
            {
                RecommendedAction = failure.Advice ?? row.Advice,
            },
        };
    }

    /// <summary>What to do about a failure of that kind, where nothing is known but the kind.</summary>
    public static string? AdviceOf(FailureKind kind) => Rows.TryGetValue(kind, out var row) ? row.Advice : null;

    /// <summary>Exit code for a <c>FullyQualifiedErrorId</c>; 1 for ids that are not ours. The host asks for it by reflection.</summary>
    public static int ExitCodeOf(string? fullyQualifiedErrorId)
    {
        var id = fullyQualifiedErrorId?.Split(',')[0];
        return Enum.TryParse<FailureKind>(id, out var kind) && Rows.TryGetValue(kind, out var row) ? row.ExitCode : Exit.Failed;
    }
}

/// <param name="Category">PowerShell's category.</param>
/// <param name="ExitCode">Exit code of the host when this error ends a script.</param>
/// <param name="Advice">What to do next.</param>
internal sealed record ErrorRow(ErrorCategory Category, int ExitCode, string Advice);
