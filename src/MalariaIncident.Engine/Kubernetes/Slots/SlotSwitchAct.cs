using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using MalariaIncident.Engine.Environments;
using MalariaIncident.Engine.Kubernetes.Rollouts;
using MalariaIncident.Engine.Mitigations;

namespace MalariaIncident.Engine.Kubernetes.Slots;

/// <summary>Lets a service lead to the other of its two slots, by the one value of its selector that names the slot.</summary>
internal sealed class SlotSwitchAct(IClusterConnections connections, TimeProvider time) : IMitigationAct
{
    private static readonly TimeSpan DefaultDeadline = TimeSpan.FromMinutes(1);

    /// <summary>A request whose answer was lost may still be on its way; this long, and no longer, it is waited for.</summary>
    private static readonly TimeSpan OnItsWay = TimeSpan.FromMilliseconds(200);

    private const int ReadBacks = 3;

    public MitigationKind Kind => MitigationKind.SlotSwitch;

    public bool VerifiesService => true;

    public async Task<MitigationPlan> PlanAsync(MitigationRequest request, ResolvedScope scope, string mitigationId, CancellationToken cancellationToken)
    {
        var wanted = (SlotSwitchRequest)request;
        var slots = SlotPair.Of(wanted, scope.Environment);
        var reader = await ServiceReader.OpenAsync(connections, scope, ServiceName(wanted, scope), cancellationToken);
        var now = await reader.ReadAsync(cancellationToken);
        var from = SlotCheck.Live(reader, now, slots);
        var to = wanted.To ?? slots.OtherThan(from);
        SlotCheck.Target(reader, slots, from, to);
        return await MakeAsync(new SlotSwitchPlan(reader, now, slots, scope, mitigationId), from, to, request.Force, request.Deadline ?? DefaultDeadline, cancellationToken) with
        {
            Undo = $"Undo-Mitigation {mitigationId} leads it back to {from}, if nobody has moved it since and {from} has ready pods",
        };
    }

    public async Task<MitigationPlan> PlanUndoAsync(
        MitigationPlan applied, ResolvedScope scope, string mitigationId, bool force, CancellationToken cancellationToken)
    {
        var reader = await OpenAsync(applied, scope, cancellationToken);
        var now = await reader.ReadAsync(cancellationToken);
        var slots = SlotSwitchPlan.SlotsOf(applied);
        var (former, left) = (applied.Instructions.Text("from") ?? "", applied.Instructions.Text("to") ?? "");
        // Never where the key is gone, or leads elsewhere than to a slot: that would add a selector, or take one from somebody.
        var live = SlotCheck.Live(reader, now, slots);
        var moved = new List<string>();
        if (now.Uid != applied.Instructions.Text("mark", "uid"))
        {
            moved.Add("the service was deleted and made anew");
        }
        else if (live != former && !SameBut(slots.Key, now.Selector, applied.Instructions.Map("mark", "selector")))
        {
            moved.Add($"selector: {ServiceSnapshot.InWords(applied.Instructions.Map("mark", "selector"))} → {now.SelectorInWords}{DeploymentMark.LastWriter(now.Content)}");
        }

        if (moved.Count > 0 && !force)
        {
            throw ConditionalPatch.Changed(reader.Place, reader.Name, moved);
        }

        var plan = await MakeAsync(new SlotSwitchPlan(reader, now, slots, scope, mitigationId), live, former, force, applied.Deadline, cancellationToken);
        return plan with
        {
            Summary = live == former ? $"Record that {applied.Id} is undone: {reader.Name} leads to {former} already" : $"Put back what {applied.Id} replaced: {reader.Name} leads to {former} again, not to {left}",
            Reasons = [$"{applied.Id}: {applied.Summary}", .. plan.Reasons],
            Warnings = [.. moved.Select(what => $"Moved since {applied.Id}, and replaced all the same: {what}."), .. plan.Warnings],
            Undoes = applied.Id,
        };
    }

    public async IAsyncEnumerable<ActStep> SendAsync(MitigationPlan plan, ResolvedScope scope, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (from, to) = (plan.Instructions.Text("from") ?? "", plan.Instructions.Text("to") ?? "");
        if (from == to)
        {
            yield return new ActStep.Sent(EventKind.ActionSucceeded, "Nothing was sent: the service leads there already.");
            yield break;
        }

        var reader = await OpenAsync(plan, scope, cancellationToken);
        var slots = SlotSwitchPlan.SlotsOf(plan);
        yield return new ActStep.Progress(MitigationPhase.Applying, plan.Summary);
        var mark = ServiceMark.FromJson(plan.Instructions["mark"]);
        var now = await reader.ReadAsync(cancellationToken);
        if (mark.MovedIn(now) is { Count: > 0 } moved)
        {
            throw ConditionalPatch.Changed(reader.Place, reader.Name, moved);
        }

        // Between the plan and the yes the slot may have died; the server cannot test that together with the change.
        var (first, second) = await reader.PodsAsync(now, slots, cancellationToken);
        SlotCheck.Serves(reader, now, first.Slot == to ? first : second);
        var path = $"/spec/selector/{ConditionalPatch.Escape(slots.Key)}";
        var changed = await ConditionalPatch.SendAsync(
            reader,
            mark.MovedIn,
            service => [ConditionalPatch.Operation("test", path, from), ConditionalPatch.Operation("replace", path, to), .. service.Marks(plan.Id)],
            cancellationToken);
        yield return new ActStep.Sent(
            EventKind.ActionSucceeded, $"{plan.Summary}: the cluster took it (resource version {changed.ResourceVersion})", new JsonObject { ["resourceVersion"] = changed.ResourceVersion });
    }

    /// <summary>The change carries its id. Without it, it was not made; and once anything else moved, its condition keeps it from being made late.</summary>
    public async Task<ReadBack> ReadBackAsync(MitigationPlan plan, ResolvedScope scope, CancellationToken cancellationToken)
    {
        var reader = await OpenAsync(plan, scope, cancellationToken);
        for (var look = 1; ; look++)
        {
            var now = await reader.ReadAsync(cancellationToken);
            if (now.Mitigations.Contains(plan.Id))
            {
                return ReadBack.Applied;
            }

            if (look == ReadBacks || ServiceMark.FromJson(plan.Instructions["mark"]).MovedIn(now).Count > 0)
            {
                return ReadBack.NotApplied;
            }

            await Task.Delay(OnItsWay, time, cancellationToken);
        }
    }

    public async IAsyncEnumerable<ActStep> FollowAsync(
        MitigationPlan plan, ResolvedScope scope, bool wait, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var reader = await OpenAsync(plan, scope, cancellationToken);
        var to = plan.Instructions.Text("to") ?? "";
        SlotPods? arrived = null;
        if (wait)
        {
            var uid = plan.Instructions.Text("mark", "uid") ?? "";
            await foreach (var step in new SlotFollower(time).FollowAsync(reader, uid, SlotSwitchPlan.SlotsOf(plan), to, plan.Deadline, cancellationToken))
            {
                arrived = step.Arrived ?? arrived;
                yield return new ActStep.Progress(MitigationPhase.Following, step.Activity, step.Percent);
            }
        }

        var took = time.GetElapsedTime(started);
        var detail = arrived is null
            ? $"{reader.Name} leads to {to}; its endpoints were not waited for."
            : $"{reader.Name} leads to {to}: its {(arrived.Ready.Count == 1 ? "ready pod is its only endpoint," : $"{arrived.Ready.Count} ready pods are its endpoints, and no others,")} {(took < TimeSpan.FromSeconds(1) ? "at once" : $"after {Duration.InWords(took)}")}.";
        yield return new ActStep.Part(
            new SlotSwitchResult
            {
                Incident = plan.Incident,
                Environment = plan.Environment,
                MitigationId = plan.Id,
                Kind = plan.Kind,
                Namespace = reader.Namespace,
                Service = reader.Name,
                SelectorKey = plan.Instructions.Text("key") ?? "",
                FromSlot = plan.Instructions.Text("from") ?? "",
                ToSlot = to,
                Image = arrived is null ? plan.Instructions.Text("image") : string.Join(", ", arrived.Images(plan.Scope.Container)),
                ReadyEndpoints = arrived?.Ready.Count,
                Changes = plan.Changes,
                Duration = took,
                Detail = detail,
            },
            detail);
    }

    private static async Task<MitigationPlan> MakeAsync(
        SlotSwitchPlan draft, string from, string to, bool force, TimeSpan deadline, CancellationToken cancellationToken)
    {
        // Read now, so that whoever may not read them hears it before the change and not after.
        var endpoints = draft.Reader.EndpointsAsync(cancellationToken);
        var pods = draft.Reader.PodsAsync(draft.Now, draft.Slots, cancellationToken);
        await Task.WhenAll(endpoints, pods);
        var (first, second) = await pods;
        var (source, target) = first.Slot == from ? (first, second) : (second, first);
        if (from == to)
        {
            target = source;
        }
        else
        {
            SlotCheck.Serves(draft.Reader, draft.Now, target);
        }

        return draft.Make(source, target, (await endpoints).Count(endpoint => endpoint.Ready), OtherOwner.Check(draft.Now.Content, "service", draft.Reader.Name, draft.Reader.Namespace, force), deadline);
    }

    private Task<ServiceReader> OpenAsync(MitigationPlan plan, ResolvedScope scope, CancellationToken cancellationToken) =>
        ServiceReader.OpenAsync(connections, scope, plan.Instructions.Text("service") ?? "", cancellationToken);

    private static string ServiceName(SlotSwitchRequest request, ResolvedScope scope) => request.Service ?? scope.Environment?.Service ?? throw new IncidentException(
        FailureKind.SettingMissing, "No service is named.", advice: "Name it with -Service (and -Namespace), or in the environment file, or choose the environment with -Environment.");

    private static bool SameBut(string key, IReadOnlyDictionary<string, string> selector, IReadOnlyDictionary<string, string> other) =>
        selector.Where(pair => pair.Key != key).OrderBy(pair => pair.Key, StringComparer.Ordinal)
            .SequenceEqual(other.Where(pair => pair.Key != key).OrderBy(pair => pair.Key, StringComparer.Ordinal));
}
