using System.Collections;

namespace MalariaIncident.Completion;

/// <summary>Incidents of the store, open ones first, with their titles.</summary>
public sealed class IncidentCompleter : LazyCompleter
{
    /// <inheritdoc/>
    protected override async Task<IReadOnlyList<CompletionName>> NamesAsync(IEngine engine, IDictionary bound, CancellationToken cancellationToken)
    {
        var names = new List<CompletionName>();
        await foreach (var incident in engine.Incidents.ListAsync(new IncidentFilter(), cancellationToken))
        {
            names.Add(new(incident.Id, $"{incident.Severity} {incident.Status}: {incident.Title}"));
        }

        return names;
    }
}

/// <summary>Environments of the environment file.</summary>
public sealed class EnvironmentCompleter : LazyCompleter
{
    /// <inheritdoc/>
    protected override async Task<IReadOnlyList<CompletionName>> NamesAsync(IEngine engine, IDictionary bound, CancellationToken cancellationToken)
        => [.. (await engine.Environments.ListAsync(cancellationToken))
            .Select(environment => new CompletionName(environment.Name, $"{environment.Namespace}/{environment.Deployment}"))];
}

/// <summary>Metrics that the environment names, with their queries.</summary>
public sealed class MetricCompleter : LazyCompleter
{
    /// <inheritdoc/>
    protected override async Task<IReadOnlyList<CompletionName>> NamesAsync(IEngine engine, IDictionary bound, CancellationToken cancellationToken)
    {
        var environments = engine.Environments;
        var chosen = Bound(bound, "Environment") ?? await environments.GetDefaultNameAsync(cancellationToken);
        return [.. (await environments.ListAsync(cancellationToken))
            .Where(environment => chosen is null || string.Equals(environment.Name, chosen, StringComparison.OrdinalIgnoreCase))
            .SelectMany(environment => environment.Metrics)
            .DistinctBy(metric => metric.Key)
            .Select(metric => new CompletionName(metric.Key, metric.Value.Query))];
    }
}

/// <summary>Contexts of the kubeconfig that is named, else of the environment's, else of the usual one.</summary>
public sealed class ContextCompleter : LazyCompleter
{
    /// <inheritdoc/>
    protected override async Task<IReadOnlyList<CompletionName>> NamesAsync(IEngine engine, IDictionary bound, CancellationToken cancellationToken)
    {
        var kubeConfig = Bound(bound, "KubeConfig") ?? await EnvironmentsAsync(engine, Bound(bound, "Environment"), cancellationToken);
        return [.. engine.Clusters.GetContextNames(kubeConfig).Select(name => new CompletionName(name, name))];
    }

    private static async Task<string?> EnvironmentsAsync(IEngine engine, string? name, CancellationToken cancellationToken)
    {
        var environments = engine.Environments;
        var chosen = name ?? await environments.GetDefaultNameAsync(cancellationToken);
        return (await environments.ListAsync(cancellationToken))
            .FirstOrDefault(environment => string.Equals(environment.Name, chosen, StringComparison.OrdinalIgnoreCase))?.KubeConfig;
    }
}

/// <summary>Names that a cluster is asked for, in the place that the command line names so far.</summary>
public abstract class ClusterNameCompleter : LazyCompleter
{
    /// <summary>What to ask for.</summary>
    protected abstract NameKind Kind { get; }

    /// <inheritdoc/>
    protected override async Task<IReadOnlyList<CompletionName>> NamesAsync(IEngine engine, IDictionary bound, CancellationToken cancellationToken)
    {
        var scope = new Scope
        {
            Environment = Bound(bound, "Environment"),
            KubeConfig = Bound(bound, "KubeConfig"),
            Context = Bound(bound, "Context"),
            // What stands there while namespaces are completed is a list of them, or a part of one.
            Namespace = Kind == NameKind.Namespace ? null : Bound(bound, "Namespace"),
            Deployment = Bound(bound, "Deployment"),
            Timeout = TimeSpan.FromSeconds(1),
        };
        var names = await engine.Clusters.GetNamesAsync(scope, Kind, cancellationToken);
        return [.. names.Select(name => new CompletionName(name, name))];
    }
}

/// <summary>Namespaces.</summary>
public sealed class NamespaceCompleter : ClusterNameCompleter
{
    /// <inheritdoc/>
    protected override NameKind Kind => NameKind.Namespace;
}

/// <summary>Deployments.</summary>
public sealed class DeploymentCompleter : ClusterNameCompleter
{
    /// <inheritdoc/>
    protected override NameKind Kind => NameKind.Deployment;
}

/// <summary>Services.</summary>
public sealed class ServiceCompleter : ClusterNameCompleter
{
    /// <inheritdoc/>
    protected override NameKind Kind => NameKind.Service;
}

/// <summary>Pods of the namespace.</summary>
public sealed class PodCompleter : ClusterNameCompleter
{
    /// <inheritdoc/>
    protected override NameKind Kind => NameKind.Pod;
}

/// <summary>Containers of the deployment that the command line names so far.</summary>
public sealed class ContainerCompleter : ClusterNameCompleter
{
    /// <inheritdoc/>
    protected override NameKind Kind => NameKind.Container;
}

/// <summary>What the environment's service leans on, by the names that its tests have.</summary>
public sealed class DependencyCompleter : LazyCompleter
{
    /// <inheritdoc/>
    protected override async Task<IReadOnlyList<CompletionName>> NamesAsync(IEngine engine, IDictionary bound, CancellationToken cancellationToken)
    {
        var environments = engine.Environments;
        var chosen = Bound(bound, "Environment") ?? await environments.GetDefaultNameAsync(cancellationToken);
        return [new("database", "the environment's database"), new("cache", "the environment's cache"), .. (await environments.ListAsync(cancellationToken))
            .Where(environment => chosen is null || string.Equals(environment.Name, chosen, StringComparison.OrdinalIgnoreCase))
            .SelectMany(environment => environment.Dependencies)
            .DistinctBy(dependency => dependency.Key)
            .Select(dependency => new CompletionName(dependency.Key, dependency.Value))];
    }
}
