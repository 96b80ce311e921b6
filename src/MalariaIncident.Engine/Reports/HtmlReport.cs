using System.Globalization;
using System.Net;
using System.Text;
using MalariaIncident.Engine.Reports.Figures;
using MalariaIncident.Engine.Text;

namespace MalariaIncident.Engine.Reports;

/// <summary>
/// The report as one HTML file that can be mailed and archived: style and figure inside, no script, nothing fetched. The content
/// security policy forbids what the writer already leaves out.
/// </summary>
internal static class HtmlReport
{
    private const string Policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

    private static readonly Lazy<string> Style = new(() =>
    {
        using var resource = typeof(HtmlReport).Assembly.GetManifestResourceStream("MalariaIncident.Engine.Reports.report.css")!;
        using var reader = new StreamReader(resource, Encoding.UTF8);
        return reader.ReadToEnd();
    });

    public static string Write(ReportFacts facts)
    {
        var incident = facts.Incident;
        var html = new StringBuilder();
        html.Append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
        html.Append(CultureInfo.InvariantCulture, $"<meta http-equiv=\"Content-Security-Policy\" content=\"{Policy}\">\n");
        html.Append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"referrer\" content=\"no-referrer\">\n");
        html.Append(CultureInfo.InvariantCulture, $"<title>{Encode(incident.Id)}: {Encode(incident.Title)}</title>\n<style>\n{Style.Value}</style>\n</head>\n");
        html.Append(CultureInfo.InvariantCulture, $"<body class=\"{incident.Severity.ToString().ToLowerInvariant()}\">\n");
        Masthead(html, facts);
        html.Append("<main>\n");
        Measures(html, facts);
        html.Append("<figure>\n").Append(TimelineFigure.Draw(facts)).Append("<figcaption>The course of the incident, UTC. Hollow dots are evidence, full ones notes and messages; dashed lines are the runbook's targets.</figcaption>\n</figure>\n");
        Contents(html);
        foreach (var section in ReportSection.All)
        {
            html.Append(CultureInfo.InvariantCulture, $"<section id=\"{Anchor(section)}\">\n<h2>{section.Title}</h2>\n{Body(section, facts)}</section>\n");
        }

        html.Append("</main>\n");
        html.Append(CultureInfo.InvariantCulture, $"<footer>{Encode(incident.Id)} · written {Durations.Time(facts.WrittenAt)} UTC from the journal · ");
        html.Append(CultureInfo.InvariantCulture, $"{Amount.Of(facts.Events.Count, "event")}, chain {(facts.Journal.Intact ? "intact" : "<strong>broken</strong>")}</footer>\n</body>\n</html>\n");
        return html.ToString();
    }

    private static void Masthead(StringBuilder html, ReportFacts facts)
    {
        var incident = facts.Incident;
        html.Append("<header>\n<div class=\"inner\">\n");
        html.Append(CultureInfo.InvariantCulture, $"<p class=\"kicker\"><span class=\"badge\">{incident.Severity}</span><span>Incident report</span><span>{Encode(incident.Id)}</span></p>\n");
        html.Append(CultureInfo.InvariantCulture, $"<h1 dir=\"auto\">{Encode(incident.Title)}</h1>\n<dl>\n");
        Fact(html, "Status", incident.Status.ToString());
        Fact(html, "Environment", incident.Environment ?? "not named");
        Fact(html, "Began", $"{Durations.Minute(incident.StartedAt)} UTC");
        Fact(html, "Resolved", incident.ResolvedAt is { } resolved ? $"{Durations.Minute(resolved)} UTC" : "not yet");
        Fact(html, "Declared by", incident.DeclaredBy);
        foreach (var (role, person) in incident.Roles.Take(4))
        {
            Fact(html, role, person);
        }

        html.Append("</dl>\n</div>\n</header>\n");
    }

    private static void Fact(StringBuilder html, string name, string value) =>
        html.Append(CultureInfo.InvariantCulture, $"<div><dt>{Encode(name)}</dt><dd dir=\"auto\">{Encode(value)}</dd></div>\n");

    private static void Measures(StringBuilder html, ReportFacts facts)
    {
        html.Append("<ul class=\"measures\" aria-label=\"Measures of the response\">\n");
        foreach (var metric in facts.Metrics)
        {
            var (kind, verdict) = metric switch
            {
                { Met: true } => ("met", $"met, target {Durations.Words(metric.Target!.Value)}"),
                { Met: false } => ("missed", $"missed, target {Durations.Words(metric.Target!.Value)}"),
                { Running: true, Target: { } target } => ("running", $"running, target {Durations.Words(target)}"),
                { Running: true } => ("running", "running"),
                { Duration: null } => ("none", "not needed"),
                _ => ("none", metric.From),
            };
            html.Append(CultureInfo.InvariantCulture, $"<li class=\"{kind}\"><span class=\"name\">{metric.Name}</span>");
            html.Append(CultureInfo.InvariantCulture, $"<span class=\"value\">{(metric.Duration is { } duration ? Durations.Words(duration) : "–")}</span><span class=\"verdict\">{verdict}</span></li>\n");
        }

        html.Append("</ul>\n");
    }

    private static void Contents(StringBuilder html) =>
        html.Append("<nav aria-label=\"Contents\">")
            .AppendJoin(' ', ReportSection.All.Select(section => $"<a href=\"#{Anchor(section)}\">{section.Title}</a>"))
            .Append("</nav>\n");

    private static string Body(ReportSection section, ReportFacts facts)
    {
        if (section.Html is not null)
        {
            return section.Html(facts);
        }

        var markdown = new MarkdownWriter();
        section.Write(markdown, facts);
        return MarkdownHtml.Render(markdown.ToString());
    }

    private static string Anchor(ReportSection section) => section.Title.ToLowerInvariant().Replace(' ', '-');

    private static string Encode(string text) => WebUtility.HtmlEncode(VisibleText.Line(text, 2000));
}
