using System.Text.RegularExpressions;
using MalariaIncident.Engine.Environments;
using MalariaIncident.Engine.Text;

namespace MalariaIncident.Engine.Kubernetes.Slots;

/// <summary>The two slots of a blue-green deployment, and the key by which a service's selector names one of them.</summary>
internal sealed partial record SlotPair(string Key, string First, string Second)
{
    private const string UsualKey = "version";
    private static readonly string[] Usual = ["blue", "green"];

    /// <summary>What was typed, then the environment's, then <c>version</c> with blue and green. ArgumentInvalid.</summary>
    public static SlotPair Of(SlotSwitchRequest request, OperationsEnvironment? environment)
    {
        var key = request.SelectorKey ?? environment?.SelectorKey ?? UsualKey;
        if (!KeyForm().IsMatch(key))
        {
            throw new IncidentException(
                FailureKind.ArgumentInvalid, $"'{PlainText.OneLine(key, 80)}' cannot be the key of a label.", key, advice: "Give the key as it stands in the service's selector, for example version.");
        }

        var slots = request.Slots ?? (environment?.Slots is { Count: > 0 } known ? known : Usual);
        if (slots.Count != 2 || slots[0] == slots[1] || slots.Any(slot => !ValueForm().IsMatch(slot)))
        {
            throw new IncidentException(
                FailureKind.ArgumentInvalid,
                $"Slots are two different label values; given {(slots.Count == 1 ? "is" : "are")} {string.Join(", ", slots.Select(slot => $"'{PlainText.OneLine(slot, 80)}'"))}.",
                slots,
                advice: "Name both: -Slot blue,green");
        }

        return new SlotPair(key, slots[0], slots[1]);
    }

    public bool Knows(string? slot) => slot == First || slot == Second;

    public string OtherThan(string slot) => slot == First ? Second : First;

    [GeneratedRegex(@"^(?=.{1,317}$)(?:[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?/)?[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex KeyForm();

    [GeneratedRegex(@"^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex ValueForm();
}
