using MalariaIncident.Engine.Environments;
using MalariaIncident.Engine.Readiness;

namespace MalariaIncident.Engine.Kubernetes.Access;

/// <summary>For every command: may this account do what it sends?</summary>
internal sealed class PermissionReadiness(ReadinessInquiry inquiry, ClusterConnection connection)
{
    private static readonly string[] DatabaseCommands = ["Get-DatabaseConnection", "Get-DatabaseLock", "Get-LongQuery", "Get-SlowQuery", "Stop-LongQuery"];
    private static readonly string[] PoolerCommands = ["Reset-ConnectionPool", "Resume-ConnectionPool", "Suspend-ConnectionPool"];

    public async Task<IReadOnlyList<ReadinessCheck>> CheckAsync(CancellationToken cancellationToken)
    {
        if (!inquiry.Wants(ReadinessArea.Permissions))
        {
            return [];
        }

        var commands = Commands().Where(command => inquiry.Wants(command.Name)).OrderBy(command => command.Name, StringComparer.Ordinal)
            .Select(command => (command.Name, command.Needs, Question: inquiry.Ask(ReadinessArea.Permissions, command.Name, command.Name))).ToList();
        var answers = await new AccessReviews(connection, inquiry.Scope.Timeout).AskAsync(commands.SelectMany(command => command.Needs).Select(need => need.Permission), cancellationToken);
        return [.. commands.Select(command => Judge(command.Question, command.Needs, answers))];
    }

    private IEnumerable<(string Name, IReadOnlyList<CommandNeed> Needs)> Commands() =>
    [
        .. CommandPermissions.All.Select(pair => (pair.Key, pair.Value)),
        .. Through(inquiry.Scope.Pods, DatabaseCommands),
        .. Through(inquiry.Scope.Environment?.PoolerPods, PoolerCommands),
    ];

    private static IEnumerable<(string, IReadOnlyList<CommandNeed>)> Through(string? pods, string[] commands) =>
        pods is null ? [] : commands.Select(command => (command, CommandPermissions.ThroughPods(PodTarget.Parse(pods).Kind)));

    private ReadinessCheck Judge(ReadinessQuestion question, IReadOnlyList<CommandNeed> needs, IReadOnlyDictionary<ClusterPermission, AccessAnswer> answers)
    {
        var unanswered = needs.Select(need => answers[need.Permission].Failure).OfType<IncidentException>().FirstOrDefault();
        if (unanswered is not null)
        {
            return question.NotChecked(unanswered);
        }

        var missing = needs.Where(need => !answers[need.Permission].Allowed).ToList();
        var required = missing.Where(need => need.IsRequired).ToList();
        return (required.Count, missing.Count) switch
        {
            (> 0, _) => question.NotReady($"Missing: {InWords(required)}.", Advice(required)) with { Failure = FailureKind.ClusterForbidden },
            (0, > 0) => question.Warning($"Works in part, for want of {InWords(missing)}: {string.Join("; ", missing.Select(need => need.Without).Distinct())}.", Advice(missing)),
            _ => question.Ready(needs.Count == 1 ? "The permission is there." : $"All {needs.Count} permissions are there."),
        };
    }

    private string InWords(List<CommandNeed> needs)
    {
        var here = needs.Where(need => need.Permission.Reach == PermissionReach.Namespace).Select(need => need.Permission.ToString()).ToList();
        var everywhere = needs.Where(need => need.Permission.Reach == PermissionReach.Cluster).Select(need => need.Permission.ToString()).ToList();
        return string.Join("; ", new[]
        {
            here.Count == 0 ? "" : $"{string.Join(", ", here)} in {connection.Namespace}",
            everywhere.Count == 0 ? "" : $"{string.Join(", ", everywhere)} in the whole cluster",
        }.Where(part => part.Length > 0));
    }

    private string Advice(List<CommandNeed> missing)
    {
        var manifests = missing.Select(need => need.By).Distinct().Order().Select(by => by switch
        {
            GrantedBy.Reader => "incident-reader.yaml",
            GrantedBy.Operator => "incident-operator.yaml",
            GrantedBy.PodExec => "optional/pod-exec.yaml",
            _ => "optional/pod-portforward.yaml",
        });
        return $"kubectl apply -n {connection.Namespace} {string.Join(" ", manifests.Select(file => $"-f kubernetes/{file}"))}";
    }
}
