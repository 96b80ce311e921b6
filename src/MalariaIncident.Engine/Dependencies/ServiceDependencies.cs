using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using MalariaIncident.Engine.Environments;
using MalariaIncident.Engine.Incidents;
using MalariaIncident.Engine.Mitigations;
using MalariaIncident.Engine.Text;

namespace MalariaIncident.Engine.Dependencies;

/// <summary>
/// Asks each dependency from this machine and from a pod at the same time. A check inside of the pod alone fails exactly when the application is down,
/// and says nothing then; one from outside alone does not see what the application sees.
/// </summary>
internal sealed class ServiceDependencies(
    IScopeResolver scopes, IJournal journal, IReadOnlyList<IDependencySource> sources, IPodProbes pods, TimeProvider clock) : IDependencies
{
    /// <summary>Whoever needs longer than this is not well.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public async IAsyncEnumerable<ServiceDependency> TestAsync(
        Scope scope, DependencyOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var resolved = await scopes.ResolveAsync(scope with { Timeout = scope.Timeout ?? Patience }, cancellationToken);
        // What was not typed stays so: an adapter may have a shorter limit of its own.
        resolved = resolved with { Typed = resolved.Typed with { Timeout = scope.Timeout } };
        var wanted = Choose([.. sources.SelectMany(source => source.Of(resolved))], options.Names);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var pod = options.HereOnly ? null : pods.OpenAsync(resolved, stop.Token);
        var asked = wanted.Select(dependency => AskAsync(dependency, pod, resolved, stop.Token)).ToList();
        var found = 0;
        try
        {
            foreach (var asking in asked)
            {
                var result = await asking;
                if (options.Names.Count == 0 && result is { Here.Address: null, Pod.Address: null })
                {
                    continue;
                }

                found++;
                await journal.AppendEvidenceAsync(result.Incident, result.Detail, Evidence(result), cancellationToken);
                yield return result;
            }
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll([.. asked, pod ?? Task.CompletedTask]).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }

        if (found == 0)
        {
            throw new IncidentException(
                FailureKind.SettingMissing,
                "No dependency is known, neither here nor in a pod.",
                resolved.EnvironmentName,
                advice: "Set database, cache and dependencies in the environment file.");
        }
    }

    private async Task<ServiceDependency> AskAsync(IDependency dependency, Task<IPodProbe>? pod, ResolvedScope scope, CancellationToken cancellationToken)
    {
        DependencyTarget? target = null;
        DependencyView? missing = null;
        try
        {
            target = await dependency.FindAsync(scope, cancellationToken);
        }
        catch (IncidentException failure) when (failure.Kind != FailureKind.Stopped)
        {
            missing = DependencyVerdicts.NotChecked(null, failure.Message);
        }

        var inside = InsideAsync(dependency, target, pod, cancellationToken);
        var here = missing ?? await HereAsync(target!, cancellationToken);
        var there = await inside;
        return new ServiceDependency
        {
            Incident = scope.Incident,
            Environment = scope.EnvironmentName,
            Name = dependency.Name,
            Kind = dependency.Kind,
            Verdict = DependencyVerdicts.Of(here.State, there.State),
            Here = here,
            Pod = there,
            Time = clock.GetUtcNow(),
            Detail = DependencyVerdicts.Say(dependency.Name, here, there),
        };
    }

    private async Task<DependencyView> HereAsync(DependencyTarget target, CancellationToken cancellationToken)
    {
        var start = clock.GetTimestamp();
        try
        {
            var answer = await target.AskAsync(cancellationToken);
            return DependencyVerdicts.Of(answer, target.Address, clock.GetElapsedTime(start));
        }
        catch (IncidentException failure) when (failure.Kind != FailureKind.Stopped)
        {
            return DependencyVerdicts.Of(failure, target.Address);
        }
    }

    private async Task<DependencyView> InsideAsync(IDependency dependency, DependencyTarget? target, Task<IPodProbe>? pod, CancellationToken cancellationToken)
    {
        if (pod is null)
        {
            return DependencyVerdicts.NotChecked(null, "only this machine was to be asked.");
        }

        IPodProbe? probe = null;
        try
        {
            probe = await pod;
            var start = clock.GetTimestamp();
            var view = await probe.AskAsync(new PodQuestion(dependency.Kind, dependency.PodVariable, target?.ForPod), cancellationToken);
            return view with { From = probe.From, Latency = view.State == DependencyState.NotChecked ? null : clock.GetElapsedTime(start) };
        }
        catch (IncidentException failure) when (failure.Kind != FailureKind.Stopped)
        {
            return DependencyVerdicts.NotChecked(probe?.From, failure.Message);
        }
    }

    private static List<IDependency> Choose(IReadOnlyList<IDependency> known, IReadOnlyList<string> names)
    {
        foreach (var name in names.Where(name => !known.Any(dependency => Wildcard.Matches(name, dependency.Name))))
        {
            throw new IncidentException(
                FailureKind.ResourceNotFound,
                $"No dependency is called '{PlainText.OneLine(name, 80)}'; there are {string.Join(", ", known.Select(dependency => dependency.Name))}.",
                name,
                advice: "Name it under 'dependencies' in the environment file.");
        }

        return [.. known.Where(dependency => names.Count == 0 || names.Any(name => Wildcard.Matches(name, dependency.Name)))];
    }

    private static JsonObject Evidence(ServiceDependency dependency) => new()
    {
        ["name"] = dependency.Name,
        ["kind"] = dependency.Kind.ToString(),
        ["verdict"] = dependency.Verdict.ToString(),
        ["here"] = Evidence(dependency.Here),
        ["pod"] = Evidence(dependency.Pod),
    };

    private static JsonObject Evidence(DependencyView view) => new()
    {
        ["state"] = view.State.ToString(),
        ["from"] = view.From,
        ["address"] = view.Address,
        ["milliseconds"] = (long?)view.Latency?.TotalMilliseconds,
        ["detail"] = view.Detail,
    };
}
