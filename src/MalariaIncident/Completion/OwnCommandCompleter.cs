using System.Collections;
using System.Management.Automation;
using System.Reflection;

namespace MalariaIncident.Completion;

/// <summary>Commands of this module.</summary>
public sealed class OwnCommandCompleter : LazyCompleter
{
    /// <inheritdoc/>
    protected override Task<IReadOnlyList<CompletionName>> NamesAsync(IEngine engine, IDictionary bound, CancellationToken cancellationToken)
        => Task.FromResult<IReadOnlyList<CompletionName>>([.. typeof(OwnCommandCompleter).Assembly.GetTypes()
            .Select(type => type.GetCustomAttribute<CmdletAttribute>())
            .OfType<CmdletAttribute>()
            .Select(cmdlet => $"{cmdlet.VerbName}-{cmdlet.NounName}")
            .Order(StringComparer.Ordinal)
            .Select(name => new CompletionName(name, name))]);
}
