using MalariaIncident;
using MalariaIncident.Engine.Incidents;

namespace Engine.Tests.Incidents;

public sealed class ClosingRulesTests
{
    private static readonly Verification Passed = new(DateTimeOffset.UnixEpoch, null);

    [Theory]
    [InlineData(MitigationKind.Degradation, MitigationState.InForce, true)]
    [InlineData(MitigationKind.Rollback, MitigationState.InForce, false)]
    [InlineData(MitigationKind.Rollback, MitigationState.Open, true)]
    [InlineData(MitigationKind.Rollback, MitigationState.Unknown, true)]
    [InlineData(MitigationKind.QueryStop, MitigationState.Unknown, true)]
    [InlineData(MitigationKind.Degradation, MitigationState.Undone, false)]
    [InlineData(MitigationKind.QueryStop, MitigationState.Done, false)]
    public void Only_temporary_changes_and_unknown_outcomes_block(MitigationKind kind, MitigationState state, bool blocks)
    {
        var mitigation = new Mitigation
        {
            Id = "MIT-7K2M9QXD", Plan = Plan(kind), Kind = kind, State = state, Target = "deployment/api", Summary = "Change it", Actor = "ada", IntendedAt = DateTimeOffset.UnixEpoch, Reversible = true,
        };
        void Close(IncidentClosure closure) => ClosingRules.Ensure("INC-2026-0001", closure, Passed, [mitigation]);

        if (blocks)
        {
            var failure = Assert.Throws<IncidentException>(() => Close(new IncidentClosure()));
            Assert.Equal(FailureKind.MitigationStillInForce, failure.Kind);
            Assert.Contains("MIT-7K2M9QXD", failure.Message, StringComparison.Ordinal);
            Assert.Equal(FailureKind.MitigationStillInForce, Assert.Throws<IncidentException>(() => Close(new IncidentClosure { Reason = "another one", Keep = ["MIT-OTHER"], Force = true })).Kind);
            Assert.Equal(FailureKind.ArgumentInvalid, Assert.Throws<IncidentException>(() => Close(new IncidentClosure { Keep = ["*"] })).Kind);
            Close(new IncidentClosure { Reason = "stays over the weekend", Keep = ["mit-7k*"] });
        }
        else
        {
            Close(new IncidentClosure());
        }
    }

    private static MitigationPlan Plan(MitigationKind kind) => new()
    {
        Id = "MIT-7K2M9QXD",
        Kind = kind,
        Target = "deployment/api",
        Summary = "Change it",
        Temporary = kind == MitigationKind.Degradation,
        Deadline = TimeSpan.FromMinutes(5),
        Instructions = [],
        Scope = new Scope(),
    };
}
