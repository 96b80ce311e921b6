using System.Runtime.CompilerServices;
using MalariaIncident.Engine.Kubernetes.Rollouts;

namespace MalariaIncident.Engine.Kubernetes.Slots;

/// <summary>How far a switch is; the last step carries the pods that the service leads to when it is complete.</summary>
internal sealed record SlotStep(string Activity, int Percent, SlotPods? Arrived = null);

/// <summary>
/// Waits until the EndpointSlices of a service hold the ready pods of the slot that it was switched to, and none of others: a selector that was
/// accepted says only what is wanted.
/// </summary>
internal sealed class SlotFollower(TimeProvider time)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LastLook = TimeSpan.FromMilliseconds(1500);

    /// <summary>SwitchIncomplete, ObjectChanged where somebody moved the selector meanwhile.</summary>
    public async IAsyncEnumerable<SlotStep> FollowAsync(
        ServiceReader reader, string uid, SlotPair slots, string to, TimeSpan deadline, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var pause = FirstPause;
        var said = "";
        Look? last = null;
        while (time.GetElapsedTime(started) < deadline)
        {
            last = await LookAsync(reader, uid, slots, to, deadline - time.GetElapsedTime(started), cancellationToken) ?? last;
            if (last is { IsComplete: true })
            {
                yield return new SlotStep($"{last.Arrived} of {last.Target.Ready.Count} ready pods of {to} are its endpoints", 100, last.Target);
                yield break;
            }

            var activity = last?.InWords ?? "the cluster does not answer; trying again";
            if (activity != said)
            {
                said = activity;
                yield return new SlotStep(activity, last?.Percent ?? 0);
            }

            await Task.Delay(pause, time, cancellationToken);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }

        // Once more, so that what is said about the failure is how it stands now.
        last = await LookAsync(reader, uid, slots, to, LastLook, cancellationToken) ?? last;
        throw new IncidentException(
            FailureKind.SwitchIncomplete,
            $"{reader.ThePlace} leads to {to} by its selector, but not by its endpoints after {Duration.InWords(deadline)}: "
            + $"{last?.InWords ?? "the cluster did not answer"}{last?.Target.Troubles()}.",
            reader.Name);
    }

    /// <summary>Null where the cluster does not answer for now; the deadline ends that.</summary>
    private async Task<Look?> LookAsync(ServiceReader reader, string uid, SlotPair slots, string to, TimeSpan left, CancellationToken cancellationToken)
    {
        using var end = new CancellationTokenSource(left > LastLook ? left : LastLook, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(end.Token, cancellationToken);
        try
        {
            var service = await reader.ReadAsync(both.Token);
            CheckStillOurs(reader, service, uid, slots, to);
            var pods = reader.PodsAsync(service, slots, both.Token);
            var endpoints = reader.EndpointsAsync(both.Token);
            await Task.WhenAll(pods, endpoints);
            var (first, second) = await pods;
            return new Look(first.Slot == to ? first : second, await endpoints);
        }
        catch (IncidentException failure) when (ClusterFailures.Passes(failure))
        {
            return null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    private static void CheckStillOurs(ServiceReader reader, ServiceSnapshot now, string uid, SlotPair slots, string to)
    {
        if (now.Uid == uid && now.Selector.GetValueOrDefault(slots.Key) == to)
        {
            return;
        }

        throw new IncidentException(
            FailureKind.ObjectChanged,
            now.Uid != uid
                ? $"The switch was made, but {reader.Place} was deleted and made anew meanwhile."
                : $"The switch was made, but somebody moved {reader.Place} meanwhile: its selector is {now.SelectorInWords} now{DeploymentMark.LastWriter(now.Content)}.",
            reader.Name,
            advice: "A pipeline or a GitOps controller may be putting its own selector back: stop it, then plan again.");
    }

    /// <summary>What one look showed.</summary>
    private sealed record Look(SlotPods Target, IReadOnlyList<SliceEndpoint> Endpoints)
    {
        /// <summary>Ready pods of the slot that are ready endpoints too.</summary>
        public int Arrived => Endpoints.Count(endpoint => endpoint.Ready && Target.ReadyUids.Contains(endpoint.PodUid));

        /// <summary>Pods of another slot that the service still leads to. Nobody is led to one that is not ready: it may be a pod of this slot that ends.</summary>
        private int Left => Endpoints.Count(endpoint => endpoint.Ready && !Target.Uids.Contains(endpoint.PodUid));

        public bool IsComplete => Target.Ready.Count > 0 && Arrived == Target.Ready.Count && Left == 0;

        public int Percent => Target.Ready.Count == 0 ? 0 : Math.Min(99, Arrived * 100 / Target.Ready.Count);

        public string InWords => $"{Arrived} of {Target.Ready.Count} ready pods of {Target.Slot} are its endpoints{(Left == 0 ? "" : $", {Left} of other pods are left")}";
    }
}
