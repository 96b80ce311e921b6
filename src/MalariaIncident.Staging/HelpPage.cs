using Markdig;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace MalariaIncident.Staging;

/// <summary>One help page: <c>en-US/&lt;Verb-Noun&gt;.md</c>, in the form that CONTRIBUTING describes.</summary>
internal sealed class HelpPage
{
    private HelpPage(string path) => Path = path;

    public string Path { get; }
    public string Name { get; private set; } = "";
    public string Synopsis { get; private set; } = "";
    public List<string> Description { get; } = [];
    public Dictionary<string, List<string>> Parameters { get; } = new(StringComparer.OrdinalIgnoreCase);
    public List<HelpExample> Examples { get; } = [];
    public List<string> Notes { get; } = [];

    public static HelpPage Read(string path)
    {
        var page = new HelpPage(path);
        string? section = null, entry = null;
        foreach (var block in Markdown.Parse(File.ReadAllText(path)))
        {
            if (block is HeadingBlock heading)
            {
                var text = TextOf(heading);
                (section, entry) = heading.Level switch
                {
                    1 => (null, null),
                    2 => (text, null),
                    _ => (section, text),
                };
                page.Open(heading.Level, section, text);
            }
            else
            {
                page.Add(section, entry, block);
            }
        }

        return page;
    }

    private void Open(int level, string? section, string text)
    {
        if (level == 1)
        {
            Name = text;
        }
        else if (level == 2 && section is not ("Description" or "Parameters" or "Examples" or "Notes"))
        {
            throw new StagingException(Path, $"unknown section '{section}'; known are Description, Parameters, Examples, Notes");
        }
        else if (level == 3 && section == "Examples")
        {
            Examples.Add(new(text));
        }
        else if (level == 3 && section == "Parameters")
        {
            Parameters[text.TrimStart('-')] = [];
        }
    }

    private void Add(string? section, string? entry, Block block)
    {
        var text = TextOf(block);
        switch (section)
        {
            case null when Synopsis.Length == 0:
                Synopsis = text;
                break;
            case null or "Description":
                Description.Add(text);
                break;
            case "Parameters" when entry is not null:
                Parameters[entry.TrimStart('-')].Add(text);
                break;
            case "Examples" when Examples.Count > 0 && block is CodeBlock:
                Examples[^1].Code.Add(text);
                break;
            case "Examples" when Examples.Count > 0:
                Examples[^1].Remarks.Add(text);
                break;
            case "Notes":
                Notes.Add(text);
                break;
            default:
                throw new StagingException(Path, $"text stands where none is expected: {text}");
        }
    }

    private static string TextOf(Block block) => block switch
    {
        CodeBlock code => string.Join('\n', code.Lines.Lines.Take(code.Lines.Count).Select(line => line.Slice.ToString())),
        LeafBlock { Inline: { } inline } => TextOf(inline),
        ListBlock list => string.Join('\n', list.Select(item => "- " + string.Join("\n  ", ((ContainerBlock)item).Select(TextOf)))),
        ContainerBlock container => string.Join('\n', container.Select(TextOf)),
        _ => "",
    };

    private static string TextOf(ContainerInline inlines)
        => string.Concat(inlines.Select(inline => inline switch
        {
            LiteralInline literal => literal.Content.ToString(),
            CodeInline code => code.Content,
            LineBreakInline => " ",
            HtmlEntityInline entity => entity.Transcoded.ToString(),
            AutolinkInline link => link.Url,
            ContainerInline container => TextOf(container),
            _ => "",
        }));
}

/// <param name="Title">What it shows.</param>
internal sealed record HelpExample(string Title)
{
    public List<string> Code { get; } = [];
    public List<string> Remarks { get; } = [];
}
