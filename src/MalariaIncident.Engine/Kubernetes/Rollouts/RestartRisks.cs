using System.Globalization;
using System.Text.Json.Nodes;
using MalariaIncident.Engine.Environments;
using MalariaIncident.Engine.Text;

namespace MalariaIncident.Engine.Kubernetes.Rollouts;

/// <summary>What a restart costs, which the command for it does not say.</summary>
internal sealed class RestartRisks(DeploymentReader reader, DeploymentSnapshot now, ResolvedScope scope)
{
    private bool Recreates => now.Content.Text("spec", "strategy", "type") == "Recreate";

    private bool IsPooler => reader.Name == scope.Environment?.Pooler
        || now.Template.Images.Values.Any(image => image[(image.LastIndexOf('/') + 1)..].Contains("pgbouncer", StringComparison.OrdinalIgnoreCase));

    public IEnumerable<string> Warnings()
    {
        if (IsPooler)
        {
            yield return $"{reader.Name} is a connection pooler: the client connections of every pod that is replaced are dropped, and their transactions with them. "
                + "Reset-ConnectionPool (RECONNECT or RELOAD in its admin console) renews the server connections, or the settings, without that.";
        }

        if (Recreates)
        {
            yield return "Its strategy is Recreate: all pods stop before the first new one starts, which is an outage until then.";
        }
        else if (Remaining() <= 0)
        {
            yield return $"Its strategy lets {(now.Replicas == 1 ? "the only pod" : "every pod")} stop before a new one is ready (maxUnavailable {Setting("maxUnavailable")}, maxSurge {Setting("maxSurge")}), which is an outage until then.";
        }

        if (now.ReadyPods < now.Replicas)
        {
            yield return $"Only {now.ReadyPods} of {Amount.Are(now.Replicas, "pod")} ready now; if the new ones fail likewise, the restart does not end well.";
        }
    }

    public string BlastRadius()
    {
        var pods = $"{Amount.Are(now.Replicas, "pod")} replaced";
        var stay = Math.Clamp(Remaining(), 0, now.ReadyPods);
        return Recreates || now.Replicas == 1 ? pods : $"{pods}, {(stay == 0 ? "none stays" : $"at least {stay} {Amount.Word(stay, "stays", "stay")}")} ready meanwhile";
    }

    /// <summary>Budgets guard against evictions; a rollout asks none of them, and whoever relies on one should hear that.</summary>
    public async Task<IEnumerable<string>> BudgetsAsync(CancellationToken cancellationToken)
    {
        var budgets = await reader.DisruptionBudgetsAsync(now, cancellationToken);
        return budgets is null
            ? ["Whether a PodDisruptionBudget covers its pods could not be read."]
            : budgets.Where(budget => Needed(budget) > (Recreates ? 0 : Remaining())).Select(budget =>
                $"PodDisruptionBudget {PlainText.OneLine(budget.Text("metadata", "name"), 80)} wants {Needed(budget)} of {Amount.Of(now.Replicas, "pod")} ready, and does not hold a restart back: "
                + $"the strategy of the deployment keeps {(Recreates ? 0 : Math.Max(0, Remaining()))}.");
    }

    private int Needed(JsonObject budget) => budget.Text("spec", "minAvailable") is { } least
        ? Count(least, Math.Ceiling)
        : now.Replicas - Count(budget.Text("spec", "maxUnavailable") ?? "0", Math.Ceiling);

    /// <summary>Pods that the controller keeps ready, as it rounds: surge up, unavailable down, and never both to nothing.</summary>
    private int Remaining()
    {
        var surge = Count(Setting("maxSurge"), Math.Ceiling);
        var unavailable = Count(Setting("maxUnavailable"), Math.Floor);
        return now.Replicas - (surge == 0 && unavailable == 0 ? 1 : unavailable);
    }

    /// <summary>A number of pods, or a share of them.</summary>
    private int Count(string text, Func<double, double> round) => text.EndsWith('%')
        ? (int)round(now.Replicas * Number(text[..^1]) / 100)
        : (int)Number(text);

    private string Setting(string name) => now.Content.Text("spec", "strategy", "rollingUpdate", name) ?? "25%";

    private static double Number(string text) => double.TryParse(text, NumberStyles.Number, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
