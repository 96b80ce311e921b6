using MalariaIncident.Engine.Environments;
using MalariaIncident.Engine.Mitigations;

namespace MalariaIncident.Engine.Resolution;

/// <summary>The lines of the runbook's verification list that no probe answers: named, so that nobody takes their silence for a yes.</summary>
internal sealed class PeopleResolution : IResolutionContributor
{
    private const string WriteDown = "write what you see with Add-IncidentNote";

    private static readonly IReadOnlyList<ResolutionCheck> Lines =
    [
        new("System metrics are in their normal ranges", null, $"Not checked by a probe: look at the dashboards, and {WriteDown}."),
        new("What users do works", null, $"Not checked by a probe: try it as a user would, and {WriteDown}."),
        new("No related alert is firing", null, $"Not checked by a probe: look at the alerts, and {WriteDown}."),
    ];

    public Task<IReadOnlyList<ResolutionCheck>> CheckAsync(ResolvedScope scope, CancellationToken cancellationToken) => Task.FromResult(Lines);
}
