using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json.Nodes;
using MalariaIncident.Engine.Incidents;
using MalariaIncident.Engine.Mitigations;

namespace MalariaIncident.Engine.Reports;

/// <summary>Reports written from the journal, and noted in it.</summary>
internal sealed class Reports(IIncidents incidents, IJournal journal, MitigationLedger mitigations, TimeProvider clock) : IReports
{
    public async IAsyncEnumerable<ReportFile> ExportAsync(
        string incident, IReadOnlyList<ReportFormat> formats, string path, bool overwrite, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (formats.Count == 0)
        {
            throw new IncidentException(FailureKind.ArgumentInvalid, "No format was named.", advice: "Name Markdown, Html or Json.");
        }

        ReadOnlyMode.Guard($"The report of {incident}");
        var facts = await GatherAsync(incident, cancellationToken);
        var places = ReportPath.Of(facts.Incident, [.. formats.Distinct()], path);
        var files = places.Select(place => (place.Path, Text: Write(place.Format, facts))).ToList();
        await ReportFiles.WriteAsync(files, overwrite, cancellationToken);
        var reports = places.Zip(files, (place, file) => new ReportFile
        {
            Incident = facts.Incident.Id,
            Format = place.Format,
            Path = place.Path,
            Length = Encoding.UTF8.GetByteCount(file.Text),
        }).ToList();
        var note = await RecordAsync(facts.Incident.Id, reports, cancellationToken);
        foreach (var report in reports)
        {
            yield return report with { Note = note };
        }
    }

    public Task<string> WriteReadinessAsync(
        IReadOnlyList<ReadinessReport> reports, ReadinessFormat? format, string path, bool overwrite, CancellationToken cancellationToken) =>
        ReadinessFile.WriteAsync(reports, format, path, overwrite, cancellationToken);

    private static string Write(ReportFormat format, ReportFacts facts) => format switch
    {
        ReportFormat.Markdown => MarkdownReport.Write(facts),
        ReportFormat.Html => HtmlReport.Write(facts),
        _ => JsonReport.Write(facts),
    };

    private async Task<ReportFacts> GatherAsync(string id, CancellationToken cancellationToken)
    {
        var incident = await incidents.GetAsync(id, cancellationToken);
        var events = await ListAsync(journal.ReadAsync(incident.Id, cancellationToken));
        var checks = await ListAsync(incidents.VerifyAsync(incident.Id, cancellationToken));
        var changes = (await mitigations.ReadAsync(cancellationToken)).Where(change => change.Incident == incident.Id);
        return new ReportFacts
        {
            Incident = incident,
            Events = events,
            Mitigations = [.. changes.OrderBy(change => change.IntendedAt)],
            Journal = checks.Find(check => !check.Intact) ?? checks[^1],
            WrittenAt = clock.GetUtcNow(),
        };
    }

    // A report of a journal that cannot be written (an archive, a full disk) is a report all the same; its reader is told.
    private async Task<string?> RecordAsync(string incident, IReadOnlyList<ReportFile> reports, CancellationToken cancellationToken)
    {
        var data = new JsonObject
        {
            ["files"] = new JsonArray([.. reports.Select(report => new JsonObject
            {
                ["format"] = report.Format.ToString(),
                ["path"] = report.Path,
                ["length"] = report.Length,
            })]),
        };
        try
        {
            await journal.AppendAsync(incident, EventKind.Reported, $"Report written: {string.Join(", ", reports.Select(report => Path.GetFileName(report.Path)))}", data, cancellationToken);
            return null;
        }
        catch (IncidentException failure) when (failure.Kind.ToString().StartsWith("Store", StringComparison.Ordinal))
        {
            return $"The report is written, and the journal does not say so: {failure.Message}";
        }
    }

    private static async Task<List<T>> ListAsync<T>(IAsyncEnumerable<T> items)
    {
        var list = new List<T>();
        await foreach (var item in items)
        {
            list.Add(item);
        }

        return list;
    }
}
