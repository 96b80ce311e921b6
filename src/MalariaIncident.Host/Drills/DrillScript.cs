using System.Management.Automation.Language;

namespace MalariaIncident.Host.Drills;

/// <summary>One piece of the drill's script.</summary>
internal abstract record DrillPart
{
    private DrillPart()
    {
    }

    /// <summary>A phase of the runbook: <c>#region Investigate</c>. A name that ends in "(database)" is left out where there is none.</summary>
    internal sealed record Phase(string Name, bool NeedsDatabase) : DrillPart;

    /// <summary>A comment above a statement: what the operator knows and wants to know.</summary>
    internal sealed record Explanation(string Text) : DrillPart;

    /// <summary>What the operator types.</summary>
    internal sealed record Statement(string Text, IReadOnlyList<Token> Tokens, int Offset) : DrillPart;
}

/// <summary>Reads the drill's script, an ordinary one that also runs by itself, into what is shown and what is run.</summary>
internal static class DrillScript
{
    private const string Region = "#region ";
    private const string DatabaseMark = "(database)";

    public static IReadOnlyList<DrillPart> Read(string path)
    {
        var script = Parser.ParseFile(path, out var tokens, out var errors);
        if (errors is [var error, ..])
        {
            throw new DrillException($"{path}, line {error.Extent.StartLineNumber}: {error.Message}");
        }

        var statements = script.EndBlock.Statements;
        var parts = statements.Select(statement => (At: statement.Extent.StartOffset, Part: StatementOf(statement, tokens)));
        var comments = tokens.Where(token => token.Kind == TokenKind.Comment && !statements.Any(statement => Within(token, statement)));
        return [.. parts.Concat(PartsOf(comments)).OrderBy(part => part.At).Select(part => part.Part)];
    }

    private static DrillPart StatementOf(StatementAst statement, Token[] tokens) => new DrillPart.Statement(
        statement.Extent.Text,
        [.. tokens.Where(token => Within(token, statement))],
        statement.Extent.StartOffset);

    private static IEnumerable<(int At, DrillPart Part)> PartsOf(IEnumerable<Token> comments)
    {
        var lines = new List<Token>();
        foreach (var comment in comments)
        {
            var isRegion = comment.Text.StartsWith("#region", StringComparison.Ordinal) || comment.Text.StartsWith("#endregion", StringComparison.Ordinal);
            var follows = lines.Count > 0 && comment.Extent.StartLineNumber == lines[^1].Extent.EndLineNumber + 1;
            if (lines.Count > 0 && (isRegion || !follows))
            {
                yield return ExplanationOf(lines);
                lines.Clear();
            }

            if (comment.Text.StartsWith(Region, StringComparison.Ordinal))
            {
                var name = comment.Text[Region.Length..].Trim();
                yield return (comment.Extent.StartOffset, new DrillPart.Phase(name.Replace(DatabaseMark, "", StringComparison.Ordinal).Trim(), name.EndsWith(DatabaseMark, StringComparison.Ordinal)));
            }
            else if (!isRegion && !comment.Text.StartsWith("<#", StringComparison.Ordinal))
            {
                lines.Add(comment);
            }
        }

        if (lines.Count > 0)
        {
            yield return ExplanationOf(lines);
        }
    }

    private static (int At, DrillPart Part) ExplanationOf(List<Token> lines)
        => (lines[0].Extent.StartOffset, new DrillPart.Explanation(string.Join(' ', lines.Select(line => line.Text.TrimStart('#').Trim()))));

    private static bool Within(Token token, StatementAst statement)
        => token.Extent.StartOffset >= statement.Extent.StartOffset && token.Extent.EndOffset <= statement.Extent.EndOffset && token.Kind != TokenKind.NewLine;
}
