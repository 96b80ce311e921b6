using System.Globalization;
using System.Text;
using System.Xml;
using MalariaIncident.Engine.Text;

namespace MalariaIncident.Engine.Reports;

/// <summary>
/// Checks in advance in the form that pipelines show: a suite per environment and area; what is not ready is a failure, what could not be asked is skipped. Names
/// stay the same from one run to the next, so that a history can be drawn.
/// </summary>
internal static class JUnitReadiness
{
    private const int LongestText = 2000;

    public static string Write(IReadOnlyList<ReadinessReport> reports)
    {
        var text = new StringBuilder();
        using (var xml = XmlWriter.Create(new Utf8Text(text), new XmlWriterSettings { Indent = true }))
        {
            xml.WriteStartElement("testsuites");
            xml.WriteAttributeString("name", "Test-IncidentReadiness");
            WriteCounts(xml, [.. reports.SelectMany(report => report.Checks)], TimeSpan.FromTicks(reports.Sum(report => report.Elapsed.Ticks)));
            foreach (var report in reports)
            {
                foreach (var area in report.Checks.GroupBy(check => check.Area))
                {
                    WriteSuite(xml, report, $"{report.Environment ?? "environment"}.{area.Key}", [.. area]);
                }
            }

            xml.WriteEndElement();
        }

        return text.Append('\n').ToString();
    }

    private static void WriteSuite(XmlWriter xml, ReadinessReport report, string name, IReadOnlyList<ReadinessCheck> checks)
    {
        xml.WriteStartElement("testsuite");
        xml.WriteAttributeString("name", Clean(name));
        xml.WriteAttributeString("timestamp", report.CheckedAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture));
        // They ran at the same time: the longest is how long the suite took.
        WriteCounts(xml, checks, checks.Max(check => check.Elapsed));
        foreach (var check in checks)
        {
            xml.WriteStartElement("testcase");
            xml.WriteAttributeString("classname", Clean(name));
            xml.WriteAttributeString("name", Clean(check.Check));
            xml.WriteAttributeString("time", Seconds(check.Elapsed));
            WriteOutcome(xml, check);
            xml.WriteEndElement();
        }

        xml.WriteEndElement();
    }

    private static void WriteOutcome(XmlWriter xml, ReadinessCheck check)
    {
        switch (check.Status)
        {
            case ReadinessStatus.NotReady:
                xml.WriteStartElement("failure");
                xml.WriteAttributeString("message", Clean(check.Detail));
                xml.WriteAttributeString("type", check.Failure?.ToString() ?? "NotReady");
                xml.WriteString(Words(check));
                xml.WriteEndElement();
                break;
            case ReadinessStatus.NotChecked:
                xml.WriteStartElement("skipped");
                xml.WriteAttributeString("message", Clean(check.Detail));
                xml.WriteEndElement();
                break;
            default:
                xml.WriteElementString("system-out", (check.Status == ReadinessStatus.Warning ? "Warning: " : "") + Words(check));
                break;
        }
    }

    private static void WriteCounts(XmlWriter xml, IReadOnlyList<ReadinessCheck> checks, TimeSpan took)
    {
        xml.WriteAttributeString("tests", Number(checks.Count));
        xml.WriteAttributeString("failures", Number(checks.Count(check => check.Status == ReadinessStatus.NotReady)));
        xml.WriteAttributeString("errors", "0");
        xml.WriteAttributeString("skipped", Number(checks.Count(check => check.Status == ReadinessStatus.NotChecked)));
        xml.WriteAttributeString("time", Seconds(took));
    }

    private static string Words(ReadinessCheck check) => string.Join('\n', new[]
    {
        Clean(check.Detail),
        check.Advice is null || check.Status == ReadinessStatus.Ready ? "" : Clean(check.Advice),
        check.Commands.All(command => command == check.Check) ? "" : $"Needed by {string.Join(", ", check.Commands)}",
    }.Where(line => line.Length > 0));

    /// <summary>A server's words may hold what XML cannot.</summary>
    private static string Clean(string text) => PlainText.OneLine(text, LongestText);

    private static string Number(int count) => count.ToString(CultureInfo.InvariantCulture);

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.000", CultureInfo.InvariantCulture);

    /// <summary>A writer of strings says UTF-16, and the file is UTF-8.</summary>
    private sealed class Utf8Text(StringBuilder text) : StringWriter(text, CultureInfo.InvariantCulture)
    {
        public override Encoding Encoding => Encoding.UTF8;
    }
}
