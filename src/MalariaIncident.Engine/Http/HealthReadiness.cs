using MalariaIncident.Engine.Readiness;

namespace MalariaIncident.Engine.Http;

/// <summary>Do the health addresses answer? Every change is verified by them.</summary>
internal sealed class HealthReadiness(Prober prober) : IReadinessContributor
{
    private static readonly string[] Commands =
    [
        "Test-ServiceHealth", "Test-IncidentResolution", "Invoke-EmergencyRollback", "Set-ServiceDegradation", "Set-ServiceScale", "Set-ResourceLimit", "Restart-Deployment", "Switch-DeploymentSlot",
    ];

    public async Task<IReadOnlyList<ReadinessCheck>> CheckAsync(ReadinessInquiry inquiry, CancellationToken cancellationToken) =>
        inquiry.Wants(ReadinessArea.Service)
            ? await Task.WhenAll(AskAsync(inquiry, "Liveness", inquiry.Scope.Liveness, cancellationToken), AskAsync(inquiry, "Readiness", inquiry.Scope.Readiness, cancellationToken))
            : [];

    private Task<ReadinessCheck> AskAsync(ReadinessInquiry inquiry, string name, string? address, CancellationToken cancellationToken)
    {
        var question = inquiry.Ask(ReadinessArea.Service, name, Commands);
        var setting = name.ToLowerInvariant();
        if (string.IsNullOrWhiteSpace(address))
        {
            return Task.FromResult(question.NotChecked($"No {setting} address is named: a change could not be verified by it.", $"Name it as '{setting}' in the environment file."));
        }

        return question.AskAsync(
            async token =>
            {
                var health = await prober.AskAsync(ProbeAddress.Parse(setting, address), new ProbeOptions(), inquiry.Scope, token);
                return (health.Healthy, health.StatusCode) switch
                {
                    (true, _) => question.Ready(health.Detail),
                    (false, not null) => question.Warning(health.Detail, "It answers, and is not well: a change would end unverified. Test-ServiceHealth says more."),
                    _ => question.NotReady(health.Detail, "Check the address and the network from here: every change is verified by it."),
                };
            },
            cancellationToken);
    }
}
