using MalariaIncident.Engine.Environments;

namespace MalariaIncident.Engine.Readiness;

/// <summary>
/// One part of the question whether what an incident may need will work: each adapter says it of what it can reach. An adapter may not know another, so the
/// composition root hands the parts to the one that asks.
/// </summary>
internal interface IReadinessContributor
{
    /// <summary>Its checks, in order. What cannot be asked is a check that says why, not an exception. Nothing is changed.</summary>
    Task<IReadOnlyList<ReadinessCheck>> CheckAsync(ReadinessInquiry inquiry, CancellationToken cancellationToken);
}
