using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using MalariaIncident.Loading;

namespace MalariaIncident.Completion;

/// <summary>Completes names: honours what was typed, quotes, never throws, never takes longer than a second.</summary>
public abstract class LazyCompleter : IArgumentCompleter
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>Names that fit the bound parameters.</summary>
    protected abstract Task<IReadOnlyList<CompletionName>> NamesAsync(IEngine engine, IDictionary bound, CancellationToken cancellationToken);

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        IReadOnlyList<CompletionName> names;
        try
        {
            using var deadline = new CancellationTokenSource(Patience);
            var work = Task.Run(() => EngineDoor.Ask(engine => NamesAsync(engine, fakeBoundParameters, deadline.Token)), deadline.Token);
            names = work.Wait(Patience, deadline.Token) ? work.Result : [];
        }
#pragma warning disable CA1031 // Tab must never show an error: whatever fails completes nothing.
        catch (Exception)
#pragma warning restore CA1031
        {
            return [];
        }

        var typed = wordToComplete.Trim('\'', '"');
        return names
            .Where(name => name.Text.StartsWith(typed, StringComparison.OrdinalIgnoreCase))
            .Select(name => new CompletionResult(Quote(name.Text), name.Text, CompletionResultType.ParameterValue, name.Tip));
    }

    /// <summary>What stands behind a parameter on the command line so far, as text.</summary>
    protected static string? Bound(IDictionary bound, string parameter)
        => bound[parameter] is { } value && LanguagePrimitives.TryConvertTo<string>(value, out var text) && text.Length > 0 ? text : null;

    private static string Quote(string text)
        => text.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_' or '.' or '/')
            ? text
            : $"'{CodeGeneration.EscapeSingleQuotedStringContent(text)}'";
}

/// <param name="Text">What is inserted.</param>
/// <param name="Tip">What is shown beside it.</param>
public sealed record CompletionName(string Text, string Tip);
