using MalariaIncident;

namespace Engine.Tests.Mitigations;

/// <summary>A runbook that asks for a second person at these severities.</summary>
internal sealed class FakeRunbooks(params Severity[] approved) : IRunbooks
{
    public IncidentException? Unreadable { get; set; }

    public Task<SeverityVerdict> ResolveSeverityAsync(SeverityFacts facts, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<IReadOnlyList<SeverityPolicy>> GetPoliciesAsync(CancellationToken cancellationToken) => Unreadable is not null
        ? Task.FromException<IReadOnlyList<SeverityPolicy>>(Unreadable)
        : Task.FromResult<IReadOnlyList<SeverityPolicy>>([.. Enum.GetValues<Severity>().Select(severity => new SeverityPolicy
        {
            Severity = severity, Name = severity.ToString(), ResponseTime = TimeSpan.FromMinutes(15), ResolutionTarget = TimeSpan.FromHours(1), Criteria = [], ApprovalRequired = approved.Contains(severity),
        })]);
}
