using MalariaIncident.Engine.Readiness;

namespace MalariaIncident.Engine.Kubernetes.Access;

/// <summary>Whether a failure says something of what was asked about, or only that it could not be asked.</summary>
internal static class ClusterJudgement
{
    public static Func<IncidentException, ReadinessCheck> Of(ReadinessQuestion question) => failure => failure.Kind switch
    {
        FailureKind.ClusterForbidden or FailureKind.ClusterTimeout or FailureKind.ClusterUnreachable or FailureKind.ClusterBusy or FailureKind.ClusterRefused
            => NotChecked(question, failure),
        _ => question.NotReady(failure),
    };

    public static ReadinessCheck NotChecked(ReadinessQuestion question, IncidentException failure) => question.NotChecked(failure);
}
