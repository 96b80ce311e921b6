using MalariaIncident.Engine.Environments;
using MalariaIncident.Engine.Text;

namespace MalariaIncident.Engine.Readiness;

/// <summary>Does every reference of the environment lead to a secret? What it is stays unsaid.</summary>
internal sealed class SecretReadiness(IScopeResolver scopes) : IReadinessContributor
{
    private static readonly string[] Schemes = ["env:", "file:", "kube:", "secret:"];

    public async Task<IReadOnlyList<ReadinessCheck>> CheckAsync(ReadinessInquiry inquiry, CancellationToken cancellationToken) =>
        inquiry.Wants(ReadinessArea.Secrets)
            ? await Task.WhenAll(References(inquiry.Scope).Select(reference => RevealAsync(inquiry, reference.Setting, reference.Value, cancellationToken)))
            : [];

    private Task<ReadinessCheck> RevealAsync(ReadinessInquiry inquiry, string setting, string reference, CancellationToken cancellationToken)
    {
        var question = inquiry.Ask(ReadinessArea.Secrets, setting);
        return question.AskAsync(
            async token =>
            {
                await scopes.RevealAsync(reference, inquiry.Scope, token);
                return question.Ready($"{PlainText.OneLine(reference, 200)} has a value.");
            },
            cancellationToken);
    }

    private static IEnumerable<(string Setting, string Value)> References(ResolvedScope scope)
    {
        var environment = scope.Environment;
        (string Setting, string? Value)[] settings =
        [
            ("database", scope.ConnectionReference),
            ("poolerConsole", environment?.PoolerConsole),
            ("cache", environment?.Cache),
            ("prometheus", environment?.Prometheus),
            .. environment?.Dependencies.Select(pair => (pair.Key, (string?)pair.Value)) ?? [],
        ];
        return settings
            .Where(setting => setting.Value is { } value && Array.Exists(Schemes, scheme => value.StartsWith(scheme, StringComparison.Ordinal)))
            .Select(setting => (setting.Setting, setting.Value!));
    }
}
