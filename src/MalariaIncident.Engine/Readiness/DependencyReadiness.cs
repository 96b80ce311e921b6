using MalariaIncident.Engine.Dependencies;

namespace MalariaIncident.Engine.Readiness;

/// <summary>Does what else the application leans on answer from here? Not the database: it has an area of its own.</summary>
internal sealed class DependencyReadiness(IReadOnlyList<IDependencySource> sources) : IReadinessContributor
{
    private const string All = "Test-ServiceDependency";
    private const string Cache = "Get-CacheHealth";

    public async Task<IReadOnlyList<ReadinessCheck>> CheckAsync(ReadinessInquiry inquiry, CancellationToken cancellationToken) =>
        inquiry.Wants(ReadinessArea.Dependencies)
            ? await Task.WhenAll(sources.SelectMany(source => source.Of(inquiry.Scope)).Select(dependency => AskAsync(inquiry, dependency, cancellationToken)))
            : [];

    private static Task<ReadinessCheck> AskAsync(ReadinessInquiry inquiry, IDependency dependency, CancellationToken cancellationToken)
    {
        var question = inquiry.Ask(ReadinessArea.Dependencies, dependency.Name, dependency.Kind == DependencyKind.Cache ? [All, Cache] : [All]);
        return question.AskAsync(
            async token =>
            {
                var target = await dependency.FindAsync(inquiry.Scope, token);
                var answer = await target.AskAsync(token);
                // It was reached, and what is wrong with it is what the command is there to show.
                return answer.State == DependencyState.Up ? question.Ready(answer.Detail) : question.Warning(answer.Detail, null);
            },
            cancellationToken,
            failure => failure.Kind == FailureKind.SettingMissing ? question.NotChecked(failure) : question.NotReady(failure));
    }
}
