using System.Runtime.CompilerServices;
using MalariaIncident;
using MalariaIncident.Engine.Environments;
using MalariaIncident.Engine.Mitigations;

namespace Engine.Tests.Mitigations;

/// <summary>A kind of change that does what the test says, and counts what it sent.</summary>
internal sealed class FakeAct : IMitigationAct
{
    public Func<CancellationToken, Task<ActStep.Sent>> Send { get; set; } = _ => Task.FromResult(new ActStep.Sent(EventKind.ActionSucceeded, "made"));
    public ReadBack World { get; set; } = ReadBack.Unknown;

    public Exception? Unreadable { get; set; }
    public Func<CancellationToken, Task> Follow { get; set; } = _ => Task.CompletedTask;
    public int Sends { get; private set; }
    public int Parts { get; set; }

    public MitigationKind Kind => MitigationKind.Rollback;
    public bool VerifiesService => true;

    public Task<MitigationPlan> PlanAsync(MitigationRequest request, ResolvedScope scope, string mitigationId, CancellationToken cancellationToken)
        => Task.FromResult(new MitigationPlan
        {
            Id = mitigationId,
            Incident = scope.Incident,
            Kind = Kind,
            Target = "deployment/api",
            Summary = "Roll back api",
            Changes = [new("deployment/api", "image of container api", "api:2", "api:1")],
            BlastRadius = "3 pods are replaced",
            Undo = "Undo-Mitigation puts api:2 back",
            Deadline = TimeSpan.FromSeconds(10),
            Instructions = new() { ["from"] = "api:2" },
            Scope = request.Scope,
        });

    public async Task<MitigationPlan> PlanUndoAsync(MitigationPlan applied, ResolvedScope scope, string mitigationId, bool force, CancellationToken cancellationToken)
        => await PlanAsync(new RollbackRequest { Scope = applied.Scope }, scope, mitigationId, cancellationToken) with { Undoes = applied.Id, Undo = null };

    public async IAsyncEnumerable<ActStep> SendAsync(MitigationPlan plan, ResolvedScope scope, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Sends++;
        for (var part = 0; part < Parts; part++)
        {
            yield return new ActStep.Part(
                new QueryStopResult { MitigationId = plan.Id, ProcessId = part, Database = "d", Outcome = QueryOutcome.Cancelled }, $"backend {part}");
        }

        yield return await Send(cancellationToken);
    }

    public Task<ReadBack> ReadBackAsync(MitigationPlan plan, ResolvedScope scope, CancellationToken cancellationToken) =>
        Unreadable is null ? Task.FromResult(World) : Task.FromException<ReadBack>(Unreadable);

    public async IAsyncEnumerable<ActStep> FollowAsync(MitigationPlan plan, ResolvedScope scope, bool wait, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Follow(cancellationToken);
        yield return new ActStep.Part(
            new DeploymentChangeResult { MitigationId = plan.Id, Kind = Kind, Namespace = "n", Deployment = "api", Detail = "3 of 3 ready." }, "3 of 3 ready.");
    }
}

internal sealed class FakeScopes : IScopeResolver
{
    public double? UsersAffected { get; set; }

    public Task<ResolvedScope> ResolveAsync(Scope scope, CancellationToken cancellationToken)
        => Task.FromResult(new ResolvedScope { Typed = scope, UsersAffected = UsersAffected, Timeout = scope.Timeout ?? TimeSpan.FromSeconds(5) });

    public Task<string> RevealAsync(string valueOrReference, ResolvedScope scope, CancellationToken cancellationToken) => Task.FromResult(valueOrReference);
}

internal sealed class FakeVerification : IServiceVerification
{
    public bool? Healthy { get; set; } = true;

    public Task<(bool? Healthy, string Detail)> VerifyAsync(ResolvedScope scope, TimeSpan deadline, CancellationToken cancellationToken)
        => Task.FromResult((Healthy, Healthy == true ? "Healthy." : "Readiness answers 503."));
}
