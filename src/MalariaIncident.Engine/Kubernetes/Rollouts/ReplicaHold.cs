using System.Runtime.CompilerServices;
using MalariaIncident.Engine.Environments;
using MalariaIncident.Engine.Mitigations;
using MalariaIncident.Engine.Text;

namespace MalariaIncident.Engine.Kubernetes.Rollouts;

/// <summary>Follows a change of the count of pods, and looks again whether it stayed: a controller that owns the count moves it a little later, and only then is it known who won.</summary>
internal sealed class ReplicaHold(DeploymentChange change, TimeProvider time)
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(1);

    /// <summary>An autoscaler looks every 15 seconds.</summary>
    public TimeSpan SecondLook { get; init; } = TimeSpan.FromSeconds(16);

    /// <summary>ObjectManagedElsewhere where the count did not stay.</summary>
    public async IAsyncEnumerable<ActStep> FollowAsync(MitigationPlan plan, ResolvedScope scope, bool wait, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var step in change.FollowAsync(plan, scope, wait, cancellationToken))
        {
            if (wait && step is ActStep.Part && ReplicaChange.FromJson(plan.Instructions["replicas"]) is { } replicas)
            {
                await LookAgainAsync(plan, scope, replicas, cancellationToken);
            }

            yield return step;
        }
    }

    private async Task LookAgainAsync(MitigationPlan plan, ResolvedScope scope, ReplicaChange replicas, CancellationToken cancellationToken)
    {
        var reader = await change.OpenAsync(scope, cancellationToken);
        var began = time.GetTimestamp();
        var patience = plan.Instructions.Text("autoscaler") is null ? TimeSpan.Zero : SecondLook;
        while (true)
        {
            try
            {
                CheckStayed(plan, reader, await reader.DeploymentAsync(cancellationToken), replicas);
                if (time.GetElapsedTime(began) >= patience)
                {
                    return;
                }
            }
            catch (IncidentException failure) when (ClusterFailures.Passes(failure) && time.GetElapsedTime(began) < plan.Deadline)
            {
                // Whether it stayed is seen at the next look.
            }

            await Task.Delay(BetweenLooks, time, cancellationToken);
        }
    }

    private static void CheckStayed(MitigationPlan plan, DeploymentReader reader, DeploymentSnapshot now, ReplicaChange replicas)
    {
        if (now.Replicas == replicas.After)
        {
            return;
        }

        var who = plan.Instructions.Text("autoscaler") is { } scaler ? $"autoscaler {scaler}" : $"somebody else{DeploymentMark.LastWriter(now)}";
        throw new IncidentException(
            FailureKind.ObjectManagedElsewhere,
            $"The count was set to {replicas.After}, and {who} has moved it to {now.Replicas}: {reader.Place} has {Amount.Of(now.ReadyPods, "ready pod")}.",
            reader.Name,
            advice: "Change the bounds of the autoscaler, or what else sets the count; Undo-Mitigation -Force puts the former count back.");
    }
}
