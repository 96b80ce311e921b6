using MalariaIncident.Engine.Environments;

namespace MalariaIncident.Engine.Mitigations;

/// <summary>
/// One part of the question whether an incident is over: each says what it can see. An adapter may not know another, so the
/// composition root hands the parts to the one that asks.
/// </summary>
internal interface IResolutionContributor
{
    /// <summary>Its checks, in order. What cannot be checked is a check with a null and the reason, not an exception.</summary>
    Task<IReadOnlyList<ResolutionCheck>> CheckAsync(ResolvedScope scope, CancellationToken cancellationToken);
}
