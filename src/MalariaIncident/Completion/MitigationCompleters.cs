using System.Collections;

namespace MalariaIncident.Completion;

/// <summary>Mitigations, newest first, with what they did.</summary>
public class MitigationCompleter : LazyCompleter
{
    /// <summary>Those that the command can work on; empty for all.</summary>
    protected virtual IReadOnlyList<MitigationState> States => [];

    /// <inheritdoc/>
    protected override async Task<IReadOnlyList<CompletionName>> NamesAsync(IEngine engine, IDictionary bound, CancellationToken cancellationToken)
    {
        var names = new List<CompletionName>();
        await foreach (var mitigation in engine.Mitigations.ListAsync(new MitigationFilter { States = States }, cancellationToken))
        {
            names.Add(new(mitigation.Id, $"{mitigation.State}: {mitigation.Summary}"));
        }

        return names;
    }
}

/// <summary>Mitigations that can be undone.</summary>
public sealed class UndoableMitigationCompleter : MitigationCompleter
{
    /// <inheritdoc/>
    protected override IReadOnlyList<MitigationState> States => [MitigationState.InForce, MitigationState.Unknown];
}

/// <summary>Mitigations that an incident is not closed over.</summary>
public sealed class StandingMitigationCompleter : MitigationCompleter
{
    /// <inheritdoc/>
    protected override IReadOnlyList<MitigationState> States => [MitigationState.InForce, MitigationState.Unknown, MitigationState.Open];
}

/// <summary>Mitigations of which nobody knows what came of them.</summary>
public sealed class UnknownMitigationCompleter : MitigationCompleter
{
    /// <inheritdoc/>
    protected override IReadOnlyList<MitigationState> States => [MitigationState.Unknown, MitigationState.Open];
}
