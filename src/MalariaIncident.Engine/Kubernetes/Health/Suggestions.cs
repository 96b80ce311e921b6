using MalariaIncident.Engine.Environments;

namespace MalariaIncident.Engine.Kubernetes.Health;

/// <summary>Commands of ours that would act on a finding, ready to run where the operator stands: with the same kubeconfig, context and environment.</summary>
internal sealed class Suggestions(ResolvedScope scope)
{
    private const double Mebi = 1024 * 1024;

    public string Rollback(string home, string deployment) => Command("Invoke-EmergencyRollback", home, deployment);

    public string History(string home, string deployment) => Command("Get-RolloutHistory", home, deployment);

    public string Degradation(string home, string deployment) => Command("Set-ServiceDegradation", home, deployment);

    /// <summary>Twice the limit: the first that is worth trying. Null where the limit cannot be read.</summary>
    public string? Memory(string home, string deployment, string container, string limit) => KubernetesQuantity.Parse(limit) is > 0 and var bytes
        ? $"{Command("Set-ResourceLimit", home, deployment)} -Container {container} -Memory {Math.Ceiling(2 * bytes / Mebi):0}Mi"
        : null;

    private string Command(string verb, string home, string deployment)
    {
        string command = verb;
        if (scope.EnvironmentName is { } environment)
        {
            command += $" -Environment {Quote(environment)}";
        }

        if (scope.Typed.KubeConfig is { } file)
        {
            command += $" -KubeConfig {Quote(file)}";
        }

        if (scope.Typed.Context is { } context)
        {
            command += $" -Context {Quote(context)}";
        }

        bool isTheEnvironments = scope.Environment is { } known && known.Namespace == home && known.Deployment == deployment;
        return isTheEnvironments ? command : $"{command} -Namespace {home} -Deployment {deployment}";
    }

    private static string Quote(string text) =>
        text.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.' or '/') ? text : $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}
