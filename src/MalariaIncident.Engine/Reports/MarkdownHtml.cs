using Markdig;
using Markdig.Renderers.Html;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace MalariaIncident.Engine.Reports;

/// <summary>
/// Markdown as HTML in which nothing is active: no raw HTML, no images, links to http and https only. The text was escaped when
/// it was written; this is the second lock on the same door.
/// </summary>
internal static class MarkdownHtml
{
    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder().UsePipeTables().UseTaskLists().DisableHtml().Build();

    public static string Render(string markdown)
    {
        var document = Markdown.Parse(markdown, Pipeline);
        foreach (var link in document.Descendants<LinkInline>().ToList())
        {
            if (link.IsImage || !IsWeb(link.Url))
            {
                link.ReplaceBy(new LiteralInline(link.Url ?? ""), copyChildren: false);
            }
        }

        foreach (var link in document.Descendants<AutolinkInline>().ToList())
        {
            if (IsWeb(link.Url))
            {
                link.GetAttributes().AddProperty("rel", "noopener noreferrer");
            }
            else
            {
                link.ReplaceBy(new LiteralInline(link.Url), copyChildren: false);
            }
        }

        return document.ToHtml(Pipeline);
    }

    private static bool IsWeb(string? address) => Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https";
}
