using System.Collections;
using System.Management.Automation;

namespace MalariaIncident.Completion;

/// <summary>Revisions of the deployment that the command line names so far, with their images and verdicts.</summary>
public sealed class RevisionCompleter : LazyCompleter
{
    /// <inheritdoc/>
    protected override async Task<IReadOnlyList<CompletionName>> NamesAsync(IEngine engine, IDictionary bound, CancellationToken cancellationToken)
    {
        var scope = new Scope
        {
            Environment = Bound(bound, "Environment"),
            KubeConfig = Bound(bound, "KubeConfig"),
            Context = Bound(bound, "Context"),
            Namespace = Bound(bound, "Namespace"),
            Deployment = Bound(bound, "Deployment"),
            Timeout = TimeSpan.FromSeconds(1),
        };
        var names = new List<CompletionName>();
        await foreach (var revision in engine.Clusters.PeekRolloutHistoryAsync(scope, cancellationToken))
        {
            if (!revision.Current)
            {
                names.Add(new($"{revision.Revision}", $"{string.Join(", ", revision.Images)}: {revision.Verdict}"));
            }
        }

        return names;
    }
}

/// <summary>Features that the environment can do without.</summary>
public sealed class FeatureCompleter : LazyCompleter
{
    /// <inheritdoc/>
    protected override async Task<IReadOnlyList<CompletionName>> NamesAsync(IEngine engine, IDictionary bound, CancellationToken cancellationToken)
    {
        var environments = engine.Environments;
        var name = Bound(bound, "Environment") ?? await environments.GetDefaultNameAsync(cancellationToken);
        return [.. (await environments.ListAsync(cancellationToken))
            .Where(environment => name is null || string.Equals(environment.Name, name, StringComparison.OrdinalIgnoreCase))
            .SelectMany(environment => environment.Features)
            .Distinct(StringComparer.Ordinal)
            .Select(feature => new CompletionName(feature, $"FEATURE_{feature.ToUpperInvariant().Replace('-', '_')}"))];
    }
}

/// <summary>The slots that the command line names so far, else the environment's, else blue and green.</summary>
public sealed class SlotCompleter : LazyCompleter
{
    private static readonly string[] Usual = ["blue", "green"];

    /// <inheritdoc/>
    protected override async Task<IReadOnlyList<CompletionName>> NamesAsync(IEngine engine, IDictionary bound, CancellationToken cancellationToken)
    {
        var slots = bound["Slot"] is { } named ? LanguagePrimitives.ConvertTo<string[]>(named) : await EnvironmentsAsync(engine, Bound(bound, "Environment"), cancellationToken);
        return [.. (slots.Count > 0 ? slots : Usual).Select(slot => new CompletionName(slot, $"slot {slot}"))];
    }

    private static async Task<IReadOnlyList<string>> EnvironmentsAsync(IEngine engine, string? name, CancellationToken cancellationToken)
    {
        var environments = engine.Environments;
        var chosen = name ?? await environments.GetDefaultNameAsync(cancellationToken);
        return (await environments.ListAsync(cancellationToken))
            .FirstOrDefault(environment => string.Equals(environment.Name, chosen, StringComparison.OrdinalIgnoreCase))?.Slots ?? [];
    }
}
