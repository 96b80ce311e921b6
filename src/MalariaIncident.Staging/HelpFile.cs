using System.Xml.Linq;

namespace MalariaIncident.Staging;

/// <summary>
/// The MAML help that Get-Help reads, made of the help pages (what people need to be told) and the cmdlet classes (syntax, types, pipeline). The
/// build stops where the two disagree.
/// </summary>
internal static class HelpFile
{
    private static readonly XNamespace Maml = "http://schemas.microsoft.com/maml/2004/10";
    private static readonly XNamespace Command = "http://schemas.microsoft.com/maml/dev/command/2004/10";
    private static readonly XNamespace Dev = "http://schemas.microsoft.com/maml/dev/2004/10";

    public static void Write(string pages, string target, IReadOnlyList<CmdletEntry> cmdlets)
    {
        var shared = HelpPage.Read(Path.Combine(pages, "shared-parameters.md"));
        var byName = Directory.GetFiles(pages, "*-*.md")
            .Where(path => Path.GetFileName(path) != "shared-parameters.md")
            .Select(HelpPage.Read)
            .ToDictionary(page => Path.GetFileNameWithoutExtension(page.Path), StringComparer.Ordinal);
        foreach (var (name, page) in byName)
        {
            if (page.Name != name || cmdlets.All(cmdlet => cmdlet.Name != name))
            {
                throw new StagingException(page.Path, $"there is no command '{name}', or the page's heading '{page.Name}' is not its name");
            }
        }

        var root = new XElement("helpItems", new XAttribute("schema", "maml"));
        foreach (var cmdlet in cmdlets)
        {
            if (!byName.TryGetValue(cmdlet.Name, out var page))
            {
                throw new StagingException(Path.Combine(pages, cmdlet.Name + ".md"), $"{cmdlet.Name} has no help page");
            }

            root.Add(Topic(cmdlet, page, shared));
        }

        TextFile.WriteIfChanged(target, new XDeclaration("1.0", "utf-8", null) + Environment.NewLine + root);
    }

    private static XElement Topic(CmdletEntry cmdlet, HelpPage page, HelpPage shared)
    {
        if (page.Examples.Count < 2 || page.Synopsis.Length == 0)
        {
            throw new StagingException(page.Path, "a page needs a synopsis and at least two examples");
        }

        var parameters = CmdletParameter.Of(cmdlet);
        foreach (var stale in page.Parameters.Keys.Where(name => parameters.All(parameter => parameter.Name != name)))
        {
            throw new StagingException(page.Path, $"{cmdlet.Name} has no parameter -{stale}");
        }

        var (verb, noun) = (cmdlet.Name.Split('-')[0], cmdlet.Name.Split('-')[1]);
        return new XElement(
            Command + "command",
            new XAttribute(XNamespace.Xmlns + "maml", Maml), new XAttribute(XNamespace.Xmlns + "command", Command), new XAttribute(XNamespace.Xmlns + "dev", Dev),
            new XElement(
                Command + "details",
                new XElement(Command + "name", cmdlet.Name), new XElement(Command + "verb", verb), new XElement(Command + "noun", noun),
                new XElement(Maml + "description", Paragraphs([page.Synopsis]))),
            new XElement(Maml + "description", Paragraphs(page.Description)),
            new XElement(Command + "syntax", Sets(parameters).Select(set => SyntaxItem(cmdlet.Name, set))),
            new XElement(
                Command + "parameters",
                parameters.DistinctBy(parameter => parameter.Name).OrderBy(parameter => parameter.Name, StringComparer.Ordinal)
                    .Select(parameter => Parameter(parameter, Words(parameter, page, shared)))),
            new XElement(Maml + "alertSet", new XElement(Maml + "alert", Paragraphs(page.Notes))),
            new XElement(Command + "examples", page.Examples.Select(Example)));
    }

    private static IEnumerable<IReadOnlyList<CmdletParameter>> Sets(IReadOnlyList<CmdletParameter> parameters)
    {
        var names = parameters.Select(parameter => parameter.Set).Where(set => set != CmdletParameter.AllSets).Distinct().ToArray();
        return names.Length == 0
            ? [parameters]
            : names.Select(name => (IReadOnlyList<CmdletParameter>)[.. parameters.Where(parameter => parameter.Set == name || parameter.Set == CmdletParameter.AllSets)]);
    }

    private static XElement SyntaxItem(string name, IReadOnlyList<CmdletParameter> set)
        => new(
            Command + "syntaxItem",
            new XElement(Maml + "name", name),
            set.OrderBy(parameter => parameter.Position, StringComparer.Ordinal).ThenByDescending(parameter => parameter.Mandatory).Select(parameter => Parameter(parameter, [])));

    private static XElement Parameter(CmdletParameter parameter, IReadOnlyList<string> words)
        => new(
            Command + "parameter",
            new XAttribute("required", parameter.Mandatory), new XAttribute("variableLength", false), new XAttribute("globbing", parameter.Wildcards),
            new XAttribute("pipelineInput", parameter.Pipeline), new XAttribute("position", parameter.Position),
            new XAttribute("aliases", parameter.Aliases.Count == 0 ? "none" : string.Join(", ", parameter.Aliases)),
            new XElement(Maml + "name", parameter.Name),
            new XElement(Maml + "description", Paragraphs(words)),
            parameter.Values.Count == 0
                ? null
                : new XElement(Command + "parameterValueGroup", parameter.Values.Select(value => new XElement(Command + "parameterValue", new XAttribute("required", false), new XAttribute("variableLength", false), value))),
            parameter.IsSwitch
                ? null
                : new XElement(Command + "parameterValue", new XAttribute("required", true), new XAttribute("variableLength", false), parameter.TypeName),
            new XElement(Dev + "type", new XElement(Maml + "name", parameter.TypeName)));

    private static List<string> Words(CmdletParameter parameter, HelpPage page, HelpPage shared)
        => page.Parameters.TryGetValue(parameter.Name, out var own) && own.Count > 0 ? own
            : shared.Parameters.TryGetValue(parameter.Name, out var common) && common.Count > 0 ? common
            : throw new StagingException(page.Path, $"parameter -{parameter.Name} is not described");

    private static XElement Example(HelpExample example)
        => new(
            Command + "example",
            new XElement(Maml + "title", $"-------- {example.Title} --------"),
            new XElement(Dev + "code", string.Join('\n', example.Code)),
            new XElement(Dev + "remarks", Paragraphs(example.Remarks)));

    private static IEnumerable<XElement> Paragraphs(IReadOnlyList<string> texts) => texts.Select(text => new XElement(Maml + "para", text));
}
