using MalariaIncident.Engine.Text;

namespace MalariaIncident.Engine.Kubernetes.Health;

/// <summary>Which namespaces wildcards mean. Names that are spelled out are taken as they are, so that an account that may not list namespaces can name its own.</summary>
internal static class NamespaceChoice
{
    /// <summary>The names; empty for the whole cluster. NamespaceNotFound where a wildcard fits none.</summary>
    public static async Task<IReadOnlyList<string>> ResolveAsync(ClusterReader reader, IReadOnlyList<string> typed, CancellationToken cancellationToken)
    {
        if (!typed.Any(Wildcard.IsPattern))
        {
            return typed;
        }

        if (typed.Contains("*"))
        {
            return [];
        }

        var rows = await reader.TableAsync("Reading namespaces", "api/v1/namespaces?includeObject=None", ["Name"], cancellationToken);
        return [.. typed.SelectMany(name => Wildcard.IsPattern(name) ? Fitting(name, rows, reader.Connection) : [name]).Distinct(StringComparer.Ordinal)];
    }

    private static List<string> Fitting(string pattern, IReadOnlyList<TableRow> rows, ClusterConnection connection)
    {
        var wildcard = new Wildcard(pattern);
        List<string> fitting = [.. rows.Select(row => row.Cells[0]).Where(name => wildcard.Matches(name))];
        return fitting.Count > 0
            ? fitting
            : throw new IncidentException(
                FailureKind.NamespaceNotFound, $"No namespace of context {connection.Context} fits '{PlainText.OneLine(pattern, 80)}'; there {Amount.Word(rows.Count, "is", "are")} {rows.Count}.", pattern);
    }
}
