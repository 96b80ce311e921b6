using System.Text.Json;
using System.Text.RegularExpressions;
using MalariaIncident;
using MalariaIncident.Engine.Reports;

namespace Engine.Tests.Reports;

/// <summary>faults.md, "Input": a title, a note or a log line says what it says in every format, and does nothing.</summary>
public sealed partial class HostileTextTests
{
    private static readonly string[] Hostile =
    [
        "<script>alert(1)</script>",
        "<img src=http://evil.example/x.png onerror=alert(1)>",
        "![](http://evil.example/pixel.png)",
        "[click](javascript:alert(1)) [data](data:text/html,x) <javascript:alert(1)>",
        "[ref]: http://evil.example/ \"t\"",
        "</style></title></svg><iframe src=//evil.example>",
        "\" onmouseover=\"alert(1)",
        "{{ secrets }} {% raw %} ${env} $(id) `id`",
        "| a | b |\n|---|---|\n# heading\n- [x] done\n1. one\n> quote\n***",
        "&lt;script&gt; &#60;script&#62;",
        "```\ncode\n```",
    ];

    public static TheoryData<string> Texts => [.. Hostile];

    [Theory]
    [MemberData(nameof(Texts))]
    public void Fault_HTML_and_Markdown_in_titles_notes_logs_are_encoded(string text)
    {
        var html = HtmlReport.Write(Everywhere(text));
        var body = html[html.IndexOf("<body", StringComparison.Ordinal)..];
        Assert.DoesNotMatch(ActiveContent(), body);
        Assert.DoesNotContain("<iframe", body, StringComparison.OrdinalIgnoreCase);
        Assert.All(Attribute().Matches(body), link => Assert.Matches("^(#|https?://)", link.Groups["address"].Value));
        Assert.Equal(1, html.Split("</style>").Length - 1);
        Assert.Equal(HtmlReport.Write(SampleIncident.Facts()).Split("<h2>").Length, html.Split("<h2>").Length);

        var markdown = MarkdownReport.Write(Everywhere(text));
        Assert.DoesNotMatch(@"(?<!\\)!?\[[^\]]*\]\(|<(script|img|iframe)|(?<!\\)\{\{", markdown);
        Assert.Equal(9, markdown.Split('\n').Count(line => line.StartsWith("## ", StringComparison.Ordinal)));
    }

    [Theory]
    [MemberData(nameof(Texts))]
    public void What_was_written_is_what_is_read(string text)
    {
        var shown = System.Net.WebUtility.HtmlDecode(Tags().Replace(MarkdownHtml.Render(MarkdownText.Inline(text)), "")).Trim();
        Assert.Equal(VisibleText.Line(text), shown);
        Assert.Contains(text, JsonDocument.Parse(JsonReport.Write(Everywhere(text))).RootElement.GetProperty("incident").GetProperty("title").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Fault_ESC_CR_C1_and_bidi_controls_are_shown_as_escapes()
    {
        const string Text = "a\u001b[31mb\rc\u009bd\u202Ee\u2066f\u200Bg\uFEFFh\0i";
        var markdown = MarkdownReport.Write(Everywhere(Text));
        var html = HtmlReport.Write(Everywhere(Text));
        Assert.Contains(@"a\u001B[31mb\u000Dc\u009Bd\u202Ee\u2066f\u200Bg\uFEFFh\u0000i", html, StringComparison.Ordinal);
        Assert.Contains(@"a\\u001B\[31mb\\u000Dc\\u009Bd\\u202Ee", markdown, StringComparison.Ordinal);
        Assert.All([markdown, html], report => Assert.DoesNotMatch("[\u0000-\u0008\u000b-\u001f\u0080-\u009f\u200b\u202a-\u202e\u2066-\u2069\ufeff]", report));
    }

    [Fact]
    public void Fault_RTL_four_byte_lone_surrogates_and_ten_megabytes_survive()
    {
        Assert.Contains("انقطاع الخدمة 🦟👩‍🔬", System.Net.WebUtility.HtmlDecode(HtmlReport.Write(SampleIncident.Facts("انقطاع الخدمة 🦟👩‍🔬"))), StringComparison.Ordinal);
        Assert.Contains(@"cut \uD83D here", HtmlReport.Write(SampleIncident.Facts("cut \uD83D here")), StringComparison.Ordinal);
        var large = MarkdownReport.Write(Everywhere(new string('x', 10_000_000)));
        Assert.InRange(large.Length, 1000, 500_000);
        Assert.Contains("more characters stand in the journal", large, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("see https://grafana.example.com/d/a_b?x=1&y=2.", "https://grafana.example.com/d/a_b?x=1&amp;y=2")]
    [InlineData("http://status.example.com", "http://status.example.com")]
    public void Plain_web_addresses_become_links_that_show_where_they_lead(string text, string address)
        => Assert.Contains($"<a href=\"{address}\" rel=\"noopener noreferrer\">{address}</a>", MarkdownHtml.Render(MarkdownText.Inline(text)), StringComparison.Ordinal);

    [Theory]
    [InlineData("https://bank.example@evil.example/")]
    [InlineData("javascript:alert(1)")]
    [InlineData("ftp://files.example.com/x")]
    [InlineData("www.evil.example")]
    public void Other_addresses_stay_text(string text)
        => Assert.DoesNotContain("<a ", MarkdownHtml.Render(MarkdownText.Inline(text)), StringComparison.Ordinal);

    [Fact]
    public void The_page_fetches_nothing_and_runs_nothing()
    {
        var html = HtmlReport.Write(SampleIncident.Facts());
        Assert.Contains("default-src 'none'", html, StringComparison.Ordinal);
        Assert.DoesNotMatch(@"<script|<link|<img|<iframe|url\(|@import|\son[a-z]+=|\ssrc=", html);
    }

    /// <summary>The text in every place that a person or a server can fill.</summary>
    private static ReportFacts Everywhere(string text)
    {
        var facts = SampleIncident.Facts(text);
        return facts with
        {
            Incident = facts.Incident with
            {
                Environment = text,
                RootCause = text,
                DeclaredBy = text,
                Criteria = [text],
                ServicesAffected = [text],
                Roles = new Dictionary<string, string>(StringComparer.Ordinal) { [text] = text },
            },
            Events =
            [
                .. facts.Events,
                SampleIncident.Event(23, SampleIncident.Start.AddMinutes(48), text, EventKind.Note, text),
                SampleIncident.Event(24, SampleIncident.Start.AddMinutes(48), "a", EventKind.Note, "Lesson: " + text),
                SampleIncident.Event(25, SampleIncident.Start.AddMinutes(48), "a", EventKind.Note, $"Action: {text}; owner: {text}"),
                SampleIncident.Event(26, SampleIncident.Start.AddMinutes(48), "a", EventKind.Note, "Follow-up: " + text),
            ],
            Mitigations = [.. facts.Mitigations.Select(one => one with { Summary = text, Target = text, Detail = text, Actor = text, Changes = [new(text, text, text, text)] })],
        };
    }

    [GeneratedRegex(@"<(?:script|img|iframe|object|embed|base|form|link|meta)\b|<[^>]*\son[a-z]+\s*=", RegexOptions.IgnoreCase)]
    private static partial Regex ActiveContent();

    [GeneratedRegex("(?:href|src)=\"(?<address>[^\"]*)\"", RegexOptions.IgnoreCase)]
    private static partial Regex Attribute();

    [GeneratedRegex("<[^>]+>")]
    private static partial Regex Tags();
}
