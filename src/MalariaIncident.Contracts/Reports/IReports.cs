namespace MalariaIncident;

/// <summary>Formats of a report.</summary>
public enum ReportFormat
{
    /// <summary>Markdown text.</summary>
    Markdown,
    /// <summary>One self-contained HTML file: no remote content, no script.</summary>
    Html,
    /// <summary>The incident, its events and metrics for programs.</summary>
    Json,
}

/// <summary>A report that was written.</summary>
public sealed record ReportFile
{
    /// <summary>Incident id.</summary>
    public required string Incident { get; init; }
    /// <summary>Format.</summary>
    public required ReportFormat Format { get; init; }
    /// <summary>Absolute path.</summary>
    public required string Path { get; init; }
    /// <summary>Bytes.</summary>
    public required long Length { get; init; }
    /// <summary>What the reader should know: the journal could not note the report. Null where all is well.</summary>
    public string? Note { get; init; }
}

/// <summary>Incident reports.</summary>
public interface IReports
{
    /// <summary>
    /// Writes a report per format. A path that ends in an extension of a format is a file, any other a folder, where the name is
    /// the incident's id with a slug of its title. Written beside and moved into place. IncidentNotFound, PathInvalid.
    /// </summary>
    IAsyncEnumerable<ReportFile> ExportAsync(string incident, IReadOnlyList<ReportFormat> formats, string path, bool overwrite, CancellationToken cancellationToken);

    /// <summary>Writes what checks in advance found into one file, beside and then moved into place; returns its absolute path. Without a format the path's ending decides. PathInvalid.</summary>
    Task<string> WriteReadinessAsync(IReadOnlyList<ReadinessReport> reports, ReadinessFormat? format, string path, bool overwrite, CancellationToken cancellationToken);
}
