using System.Text;

namespace MalariaIncident.Engine.Reports;

/// <summary>Blocks of Markdown with the empty lines that keep them apart. What it is given is Markdown already.</summary>
internal sealed class MarkdownWriter
{
    private readonly StringBuilder _text = new();

    public void Heading(int level, string title) => Block($"{new string('#', level)} {title}");

    public void Paragraph(string markdown) => Block(markdown);

    public void List(IEnumerable<string> items)
    {
        var lines = items.Select(item => $"- {item}").ToList();
        if (lines.Count > 0)
        {
            Block(string.Join('\n', lines));
        }
    }

    public void Table(IReadOnlyList<string> header, IEnumerable<IReadOnlyList<string>> rows)
    {
        var lines = new List<string> { Row(header), $"|{string.Concat(header.Select(_ => " --- |"))}" };
        lines.AddRange(rows.Select(Row));
        Block(string.Join('\n', lines));
    }

    public override string ToString() => _text.ToString();

    private static string Row(IReadOnlyList<string> cells) => $"| {string.Join(" | ", cells.Select(cell => cell.Length == 0 ? " " : cell))} |";

    private void Block(string markdown)
    {
        if (_text.Length > 0)
        {
            _text.Append('\n');
        }

        _text.Append(markdown).Append('\n');
    }
}
