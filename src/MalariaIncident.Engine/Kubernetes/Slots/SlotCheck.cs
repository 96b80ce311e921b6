using MalariaIncident.Engine.Text;

namespace MalariaIncident.Engine.Kubernetes.Slots;

/// <summary>What must hold before a service is led anywhere. No switch of a command overrides these.</summary>
internal static class SlotCheck
{
    /// <summary>
    /// The slot that is live. SlotUnknown where the selector does not name one of the two: a script that takes whatever is not green for blue
    /// adds a selector that no pod has.
    /// </summary>
    public static string Live(ServiceReader reader, ServiceSnapshot service, SlotPair slots)
    {
        if (service.Selector.Count == 0)
        {
            throw new IncidentException(
                FailureKind.SlotUnknown, $"{reader.ThePlace} has no selector: it does not choose its pods, so it cannot be led to others.", reader.Name,
                advice: "Name the service in front of the slots with -Service.");
        }

        if (!service.Selector.TryGetValue(slots.Key, out var live))
        {
            throw new IncidentException(
                FailureKind.SlotUnknown,
                $"The selector of {reader.Place} has no key {slots.Key}: it is {service.SelectorInWords}. Adding one could leave the service without any pod.",
                reader.Name,
                advice: "Name the key that tells the slots apart with -SelectorKey, or with selectorKey in the environment file.");
        }

        return slots.Knows(live) ? live : throw new IncidentException(
            FailureKind.SlotUnknown,
            $"The selector of {reader.Place} says {slots.Key}={PlainText.OneLine(live, 80)}, which is neither {slots.First} nor {slots.Second}.",
            reader.Name,
            advice: "Name the two slots with -Slot, or with slots in the environment file.");
    }

    /// <summary>ArgumentInvalid, NothingToDo.</summary>
    public static void Target(ServiceReader reader, SlotPair slots, string from, string to)
    {
        if (!slots.Knows(to))
        {
            throw new IncidentException(
                FailureKind.ArgumentInvalid, $"'{PlainText.OneLine(to, 80)}' is no slot of {reader.Name}; it has {slots.First} and {slots.Second}.", to, advice: "Choose one of these, or name the slots with -Slot.");
        }

        if (to == from)
        {
            throw new IncidentException(FailureKind.NothingToDo, $"{reader.ThePlace} leads to {to} already.", reader.Name);
        }
    }

    /// <summary>SlotNotReady where nothing would answer.</summary>
    public static void Serves(ServiceReader reader, ServiceSnapshot service, SlotPods target)
    {
        if (target.Ready.Count == 0)
        {
            throw new IncidentException(
                FailureKind.SlotNotReady,
                $"Nothing was changed: slot {target.Slot} of {reader.Place} has {(target.All.Count == 0 ? "no pods" : $"no ready pod ({target.Count})")}{target.Troubles()}. Switching to it would be an outage.",
                reader.Name,
                advice: $"Scale or repair the deployment of {target.Slot} first, or use Invoke-EmergencyRollback on the one that is live.");
        }

        if (service.NamedPorts.FirstOrDefault(port => !target.HasPort(port)) is { } missing)
        {
            throw new IncidentException(
                FailureKind.SlotNotReady,
                $"Nothing was changed: {reader.Place} leads to a port called {PlainText.OneLine(missing, 40)}, and no ready pod of slot {target.Slot} has one. It would have no endpoints.",
                reader.Name,
                advice: $"Give the container of {target.Slot} a port of that name.");
        }
    }
}
