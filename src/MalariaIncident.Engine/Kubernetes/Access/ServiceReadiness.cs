using MalariaIncident.Engine.Kubernetes.Slots;
using MalariaIncident.Engine.Readiness;
using MalariaIncident.Engine.Text;

namespace MalariaIncident.Engine.Kubernetes.Access;

/// <summary>Does the service lead to pods, and could it be led to the other slot?</summary>
internal sealed class ServiceReadiness(ReadinessInquiry inquiry, ClusterConnection connection)
{
    private const string Switch = "Switch-DeploymentSlot";

    public async Task<IReadOnlyList<ReadinessCheck>> CheckAsync(CancellationToken cancellationToken)
    {
        if (!inquiry.Wants(ReadinessArea.Workload))
        {
            return [];
        }

        var question = inquiry.Ask(ReadinessArea.Workload, "Service", Switch);
        if (inquiry.Scope.Environment?.Service is not { } name)
        {
            return [question.NotChecked("No service is named.", "Name it as 'service' in the environment file.")];
        }

        ServiceReader? reader = null;
        ServiceSnapshot? service = null;
        var there = await question.AskAsync(
            async token =>
            {
                reader = new ServiceReader(connection, name, inquiry.Scope.Timeout);
                service = await reader.ReadAsync(token);
                var ready = (await reader.EndpointsAsync(token)).Count(endpoint => endpoint.Ready);
                return ready > 0
                    ? question.Ready($"{name} leads to {Amount.Of(ready, "ready pod")}, by {service.SelectorInWords}.")
                    : question.Warning($"{name} leads to no ready pod, by {service.SelectorInWords}.", "Get-ClusterHealth shows what its pods wait for.");
            },
            cancellationToken,
            ClusterJudgement.Of(question));
        return reader is null || service is null ? [there] : [there, await SlotsAsync(reader, service, cancellationToken)];
    }

    private Task<ReadinessCheck> SlotsAsync(ServiceReader reader, ServiceSnapshot service, CancellationToken cancellationToken)
    {
        var question = inquiry.Ask(ReadinessArea.Workload, "Slots", Switch);
        return question.AskAsync(
            async token =>
            {
                var slots = SlotPair.Of(new SlotSwitchRequest { Scope = inquiry.Scope.Typed }, inquiry.Scope.Environment);
                // Most services have no slots; only who names some wants them.
                if (inquiry.Scope.Environment?.Slots is not { Count: > 0 } && !service.Selector.ContainsKey(slots.Key))
                {
                    return question.NotChecked("No slots are named.", "Name them as 'slots' and 'selectorKey' in the environment file, if there are two.");
                }

                var live = SlotCheck.Live(reader, service, slots);
                var (first, second) = await reader.PodsAsync(service, slots, token);
                var target = first.Slot == live ? second : first;
                SlotCheck.Serves(reader, service, target);
                return question.Ready($"{live} is live; {target.Slot} has {target.Count} and could take over.");
            },
            cancellationToken,
            ClusterJudgement.Of(question));
    }
}
