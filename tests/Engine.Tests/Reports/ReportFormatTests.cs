using System.Text.Json;
using MalariaIncident;
using MalariaIncident.Engine.Reports;

namespace Engine.Tests.Reports;

public sealed class ReportFormatTests
{
    [Fact]
    public void Every_section_of_the_runbooks_form_is_there_in_its_order()
    {
        string[] form = ["Summary", "Timeline", "Root Cause", "Impact", "Resolution", "Lessons Learned", "Action Items", "Follow-up"];
        var markdown = MarkdownReport.Write(SampleIncident.Facts());
        var html = HtmlReport.Write(SampleIncident.Facts());
        Assert.Equal(form, markdown.Split('\n').Where(line => line.StartsWith("## ", StringComparison.Ordinal)).Select(line => line[3..]).Take(form.Length));
        var places = form.Select(title => html.IndexOf($"<h2>{title}</h2>", StringComparison.Ordinal)).ToList();
        Assert.DoesNotContain(-1, places);
        Assert.Equal(places.Order(), places);
    }

    [Theory]
    [InlineData(MitigationKind.PoolSuspension, true, "[ ] Put back")]
    [InlineData(MitigationKind.Scale, true, "[ ] Put back")]
    [InlineData(MitigationKind.Rollback, false, "by a permanent fix")]
    public void What_is_meant_to_end_is_put_back_and_what_repairs_is_made_permanent(MitigationKind kind, bool temporary, string follows)
    {
        var facts = SampleIncident.Facts();
        var sample = facts.Mitigations[0];
        var change = sample with { Kind = kind, Plan = sample.Plan! with { Kind = kind, Temporary = temporary } };

        var line = MarkdownReport.Write(facts with { Mitigations = [change] }).Split('\n').Single(line => line.StartsWith("- [ ] ", StringComparison.Ordinal) && line.Contains(change.Summary, StringComparison.Ordinal));

        Assert.Contains(follows, line, StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_journal_knows_is_in_it()
    {
        var markdown = MarkdownReport.Write(SampleIncident.Facts());
        Assert.All(
            [
                "INC-2026-0042", "Prediction API returns 500", "**P0**", "60 %", "Prediction API, Dashboard", "41 min", "connection per request", "MIT-3HXD8P6V",
                "registry.example.com/predictor:2.4.1 | registry.example.com/predictor:2.4.0", "alert on pool saturation above 80 % | DevOps | 2026-12-01 | High",
                "passes every test with one user", "✔\u00A0passed", "**intact**", "Undo-Mitigation MIT-7KQ2M4XD", "2026-11-25 21:43",
                "2026-11-24 21:08:10 | +0:06:00 | Declared",
            ],
            fact => Assert.Contains(fact, markdown, StringComparison.Ordinal));
        Assert.DoesNotContain("Not recorded", markdown.Replace("*Not recorded.* `Add-IncidentNote -Incident INC-2026-0042 -Text 'Financial", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_journal_does_not_know_names_the_command_that_records_it()
    {
        var facts = SampleIncident.Facts(resolved: false);
        facts = facts with
        {
            Events = [facts.Events[0]],
            Mitigations = [],
            Incident = facts.Incident with { UsersAffected = null, ServicesAffected = [], Criteria = [] },
        };
        var markdown = MarkdownReport.Write(facts);
        Assert.All(
            ["-RootCause", "-UsersAffected", "-ServicesAffected", "'Financial impact: ", "'Lesson: ", "'Action: ", "Test-IncidentResolution -Incident INC-2026-0042"],
            command => Assert.Contains(command, markdown, StringComparison.Ordinal));
        Assert.Contains("so far", markdown, StringComparison.Ordinal);
    }

    [Fact]
    public void Metrics_are_measured_and_held_against_the_targets()
    {
        var metrics = SampleIncident.Facts().Metrics.ToDictionary(metric => metric.Name, StringComparer.Ordinal);
        Assert.Equal((TimeSpan.FromMinutes(6), null), (metrics["Time to detect"].Duration!.Value, metrics["Time to detect"].Met));
        Assert.Equal((TimeSpan.FromMinutes(2), true), (metrics["Time to acknowledge"].Duration!.Value, metrics["Time to acknowledge"].Met));
        Assert.Equal(7.2, metrics["Time to mitigate"].Duration!.Value.TotalMinutes, 3);
        Assert.Equal((TimeSpan.FromMinutes(35), TimeSpan.FromHours(1), true), (metrics["Time to resolve"].Duration!.Value, metrics["Time to resolve"].Target!.Value, metrics["Time to resolve"].Met));
        Assert.Equal(TimeSpan.FromMinutes(41), metrics["Total duration"].Duration);

        var late = SampleIncident.Facts(resolved: false) with { WrittenAt = SampleIncident.Start.AddHours(2) };
        var resolve = late.Metrics.Single(metric => metric.Name == "Time to resolve");
        Assert.Equal((true, false), (resolve.Running, resolve.Met));
        var early = SampleIncident.Facts(resolved: false) with { WrittenAt = SampleIncident.Start.AddMinutes(30) };
        Assert.Null(early.Metrics.Single(metric => metric.Name == "Time to resolve").Met);
    }

    [Fact]
    public void What_the_verification_of_a_mitigation_found_stands_with_it()
    {
        var facts = SampleIncident.Facts();
        var verified = SampleIncident.Event(23, SampleIncident.Start.AddMinutes(30), "jonas", EventKind.Verified, "Readiness answered 503", new() { ["passed"] = false, ["mitigation"] = "MIT-3HXD8P6V" });
        var markdown = MarkdownReport.Write(facts with { Events = [.. facts.Events, verified] });
        Assert.Contains("**Not verified** at 2026-11-24 21:32:10 UTC: Readiness answered 503", markdown, StringComparison.Ordinal);
    }

    [Fact]
    public void A_broken_chain_is_said_in_every_format()
    {
        var facts = SampleIncident.Facts() with { Journal = new JournalCheck { Intact = false, Events = 22, BrokenAt = 7, Reason = "the hash of 7 does not fit" } };
        Assert.Contains("does not verify** from event 7", MarkdownReport.Write(facts), StringComparison.Ordinal);
        Assert.Contains("chain <strong>broken</strong>", HtmlReport.Write(facts), StringComparison.Ordinal);
        Assert.False(JsonDocument.Parse(JsonReport.Write(facts)).RootElement.GetProperty("journal").GetProperty("intact").GetBoolean());
    }

    [Fact]
    public void Json_holds_incident_events_metrics_and_mitigations()
    {
        var report = JsonDocument.Parse(JsonReport.Write(SampleIncident.Facts())).RootElement;
        Assert.Equal("P0", report.GetProperty("incident").GetProperty("severity").GetString());
        Assert.Equal(22, report.GetProperty("events").GetArrayLength());
        Assert.Equal(64, report.GetProperty("events")[0].GetProperty("hash").GetString()!.Length);
        Assert.Equal(3, report.GetProperty("mitigations").GetArrayLength());
        Assert.Equal(120, report.GetProperty("metrics")[1].GetProperty("seconds").GetDouble());
        Assert.Equal(900, report.GetProperty("metrics")[1].GetProperty("targetSeconds").GetDouble());
    }

    [Theory]
    [InlineData(0, "under 1 s")]
    [InlineData(59.9, "59 s")]
    [InlineData(200, "3 min 20 s")]
    [InlineData(4320, "1 h 12 min")]
    [InlineData(183600, "2 d 3 h")]
    public void Durations_read_as_people_say_them(double seconds, string expected) => Assert.Equal(expected, Durations.Words(TimeSpan.FromSeconds(seconds)));

    [Fact]
    public void The_figure_is_drawn_for_incidents_of_seconds_and_of_weeks()
    {
        foreach (var length in new[] { TimeSpan.Zero, TimeSpan.FromSeconds(20), TimeSpan.FromDays(30) })
        {
            var facts = SampleIncident.Facts();
            var incident = facts.Incident with { StartedAt = SampleIncident.Start, DeclaredAt = SampleIncident.Start, AcknowledgedAt = null, ResolvedAt = SampleIncident.Start + length, ClosedAt = null };
            var html = HtmlReport.Write(facts with { Incident = incident, Mitigations = [] });
            Assert.DoesNotContain("NaN", html, StringComparison.Ordinal);
            Assert.DoesNotContain("∞", html, StringComparison.Ordinal);
            Assert.InRange(html.Split("class=\"tick\"").Length - 1, 1, 10);
        }
    }
}
