using MalariaIncident.Engine.Environments;
using MalariaIncident.Engine.Mitigations;

namespace MalariaIncident.Engine.Resolution;

/// <summary>Is there a change of which nobody knows whether it was made?</summary>
internal sealed class MitigationResolution(Func<IMitigations> mitigations) : IResolutionContributor
{
    private const string Check = "No mitigation has an unknown outcome";

    public async Task<IReadOnlyList<ResolutionCheck>> CheckAsync(ResolvedScope scope, CancellationToken cancellationToken)
    {
        if (scope.Incident is null)
        {
            return [new ResolutionCheck(Check, null, "Not checked: no incident is named. Name it with -Incident, or choose it with Use-Incident.")];
        }

        return [await Unchecked.WhenItFailsAsync(Check, () => UnknownAsync(scope.Incident, cancellationToken)) with { RecordOnly = true }];
    }

    private async Task<ResolutionCheck> UnknownAsync(string incident, CancellationToken cancellationToken)
    {
        var filter = new MitigationFilter { Incidents = [incident], States = [MitigationState.Unknown, MitigationState.Open] };
        var doubtful = new List<Mitigation>();
        await foreach (var mitigation in mitigations().ListAsync(filter, cancellationToken))
        {
            doubtful.Add(mitigation);
        }

        return doubtful.Count == 0
            ? new ResolutionCheck(Check, true, "Every mitigation of the incident has a known outcome.")
            : new ResolutionCheck(
                Check,
                false,
                string.Join("; ", doubtful.Select(one => $"{one.Id} ({one.Summary} [{one.Target}]) is {one.State.ToString().ToLowerInvariant()}")) + ". Look at its target, then decide.");
    }
}
