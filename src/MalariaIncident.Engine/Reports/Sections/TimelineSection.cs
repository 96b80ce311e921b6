using System.Globalization;
using System.Net;
using System.Text;
using MalariaIncident.Engine.Text;

namespace MalariaIncident.Engine.Reports.Sections;

/// <summary>The journal itself, event by event: nobody typed it.</summary>
internal static class TimelineSection
{
    private const int MaximumRows = 2000;
    private const int MaximumText = 600;

    public static void Write(MarkdownWriter markdown, ReportFacts facts)
    {
        markdown.Paragraph("Times are UTC; the offset counts from the first effect.");
        markdown.Table(
            ["Time", "Offset", "Event", "What", "Who"],
            facts.Events.Take(MaximumRows).Select(entry => new[]
            {
                Durations.Time(entry.Time),
                Durations.Offset(entry.Time - facts.Incident.StartedAt),
                EventWords.Of(entry.Kind),
                MarkdownText.Inline(entry.Text, MaximumText),
                MarkdownText.Inline(entry.Actor, 80),
            }));
        if (facts.Events.Count > MaximumRows)
        {
            markdown.Paragraph($"{Amount.Of(facts.Events.Count - MaximumRows, "more event")} {Amount.Word(facts.Events.Count - MaximumRows, "stands", "stand")} in the journal and in the JSON report.");
        }
    }

    /// <summary>The same as a list, with the day named once and a mark for every kind.</summary>
    public static string Html(ReportFacts facts)
    {
        var html = new StringBuilder("<ol class=\"events\">\n");
        var day = "";
        foreach (var entry in facts.Events.Take(MaximumRows))
        {
            var today = entry.Time.UtcDateTime.ToString("dddd d MMMM yyyy", CultureInfo.InvariantCulture);
            if (today != day)
            {
                html.Append(CultureInfo.InvariantCulture, $"<li class=\"day\">{today}, UTC</li>\n");
                day = today;
            }

            html.Append(CultureInfo.InvariantCulture, $"<li class=\"{EventWords.Class(entry)}\"><time datetime=\"{entry.Time.UtcDateTime:O}\">{entry.Time.UtcDateTime:HH:mm:ss}</time>");
            html.Append(CultureInfo.InvariantCulture, $"<span class=\"offset\">{Durations.Offset(entry.Time - facts.Incident.StartedAt)}</span>");
            html.Append(CultureInfo.InvariantCulture, $"<span class=\"mark\" aria-hidden=\"true\"></span><div><strong>{EventWords.Of(entry.Kind)}</strong> ");
            if (entry.Text != EventWords.Of(entry.Kind))
            {
                html.Append(CultureInfo.InvariantCulture, $"<span class=\"what\" dir=\"auto\">{Encode(entry.Text, MaximumText)}</span>");
            }

            html.Append(CultureInfo.InvariantCulture, $"<span class=\"who\">{Encode(entry.Actor, 80)} on {Encode(entry.Host, 80)}</span></div></li>\n");
        }

        html.Append("</ol>\n");
        return facts.Events.Count > MaximumRows
            ? html.Append(CultureInfo.InvariantCulture, $"<p>{Amount.Of(facts.Events.Count - MaximumRows, "more event")} {Amount.Word(facts.Events.Count - MaximumRows, "stands", "stand")} in the journal and in the JSON report.</p>\n").ToString()
            : html.ToString();
    }

    private static string Encode(string text, int maximumLength) => WebUtility.HtmlEncode(VisibleText.Line(text, maximumLength));
}
