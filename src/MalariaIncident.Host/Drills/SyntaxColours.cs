using System.Management.Automation.Language;
using System.Text;
using MalariaIncident.Host.Terminals;

namespace MalariaIncident.Host.Drills;

/// <summary>A statement in the colours that the prompt of PowerShell gives it.</summary>
internal static class SyntaxColours
{
    private const string StringColour = "\x1b[36m";
    private const string VariableColour = "\x1b[92m";
    private const string CommandColour = "\x1b[93m";
    private const string ParameterColour = "\x1b[90m";
    private const string NumberColour = "\x1b[97m";

    public static string Paint(DrillPart.Statement statement)
    {
        var painted = new StringBuilder();
        var at = 0;
        foreach (var token in statement.Tokens)
        {
            var start = token.Extent.StartOffset - statement.Offset;
            if (start < at)
            {
                continue;
            }

            painted.Append(statement.Text, at, start - at);
            var colour = ColourOf(token);
            painted.Append(colour is null ? token.Text : $"{colour}{token.Text}{Ansi.Reset}");
            at = start + token.Text.Length;
        }

        return painted.Append(statement.Text, at, statement.Text.Length - at).ToString();
    }

    private static string? ColourOf(Token token) => token switch
    {
        { TokenFlags: var flags } when flags.HasFlag(TokenFlags.CommandName) => CommandColour,
        { Kind: TokenKind.Parameter } => ParameterColour,
        { Kind: TokenKind.Variable } => VariableColour,
        { Kind: TokenKind.StringLiteral or TokenKind.StringExpandable or TokenKind.HereStringLiteral or TokenKind.HereStringExpandable } => StringColour,
        { Kind: TokenKind.Number } => NumberColour,
        { Kind: TokenKind.Comment } => Ansi.Green,
        _ => null,
    };
}
