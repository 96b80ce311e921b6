#pragma warning disable CS1591 // Each name is its documentation; message, category, exit code and advice stand in the one table of errors.
namespace MalariaIncident;

/// <summary>What went wrong. A name here is the stable part of the <c>FullyQualifiedErrorId</c> and a public contract.</summary>
public enum FailureKind
{
    // Input
    ArgumentInvalid, NameInvalid, TitleEmpty, ConnectionStringInvalid, PathInvalid, ConfirmationImpossible,
    // Incidents and their store
    IncidentNotFound, IncidentClosed, IncidentUnverified, MitigationNotFound, MitigationNotReversible, MitigationStillInForce,
    StoreUnreadable, StoreReadOnly, StoreFull, StoreBusy, StoreNewer, StoreCorrupt, StoreOnNetworkFileSystem,
    // Environment file, secrets, runbook
    EnvironmentFileMissing, EnvironmentFileInvalid, EnvironmentNotFound, SettingMissing, SecretUnavailable, RunbookInvalid,
    // Kubernetes
    KubeConfigMissing, KubeConfigInvalid, ContextNotFound, ClusterUnreachable, ClusterUntrusted, ClusterTimeout,
    ClusterUnauthenticated, ClusterForbidden, ClusterRefused, ClusterBusy, ClusterAnswerInvalid,
    NamespaceNotFound, DeploymentNotFound, ServiceNotFound, ContainerNotFound, ResourceNotFound,
    RolloutHistoryEmpty, RevisionNotFound, RollbackTargetMissing, RollbackTargetAmbiguous, RolloutFailed, RolloutTimeout,
    ObjectChanged, ObjectManagedElsewhere, DeploymentPaused,
    ScaleDownNotAllowed, QuotaExceeded, LimitRangeExceeded, NodeTooSmall, ResizeUnsupported, ResizeFailed,
    SlotUnknown, SlotNotReady, SwitchIncomplete,
    // PostgreSQL
    DatabaseUnreachable, DatabaseUntrusted, DatabaseTimeout, DatabaseUnauthenticated, DatabaseForbidden, DatabaseThroughPooler, DatabasePrimaryMissing,
    DatabaseAnswerInvalid, DatabaseExtensionMissing, DatabaseRefused, TooManyTargets,
    // Redis
    CacheUnreachable, CacheTimeout, CacheUnauthenticated, CacheForbidden, CacheUntrusted, CacheRefused, CacheAnswerInvalid,
    // Prometheus
    MetricsUnreachable, MetricsTimeout, MetricsUntrusted, MetricsUnauthenticated, MetricsRefused, MetricsAnswerInvalid, MetricNotFound, QueryInvalid,
    // The application
    ServiceUnreachable, ServiceUnhealthy,
    // Mitigations in general
    OutcomeUnknown, ChangeNotMade, VerificationFailed, NothingToDo, ReadOnlyMode,
    PlanInvalid, PlanAltered, PlanUsed, ApprovalMissing, ApprovalByPlanner,
    // Us
    EngineFailed, Stopped,
}
