using System.Globalization;
using System.Text;

namespace MalariaIncident.Engine.Reports;

/// <summary>Where reports go. What a title says can choose the end of a name, never a folder.</summary>
internal static class ReportPath
{
    private const int MaximumSlug = 60;

    /// <summary>The absolute path for every format. PathInvalid for what cannot be a path, or says another format than was asked for.</summary>
    public static IReadOnlyList<(ReportFormat Format, string Path)> Of(Incident incident, IReadOnlyList<ReportFormat> formats, string path)
    {
        var full = Full(path);
        var named = FormatOf(full);
        if (named is null || Directory.Exists(full))
        {
            var name = Name(incident);
            return [.. formats.Select(format => (format, Path.Combine(full, name + Extension(format))))];
        }

        if (!formats.Contains(named.Value))
        {
            throw Invalid(path, $"it ends in {Path.GetExtension(full)}, and the format asked for is {string.Join(", ", formats)}", "Give a folder, or a file that ends as the format does.");
        }

        return [.. formats.Select(format => (format, format == named ? full : Path.ChangeExtension(full, Extension(format))))];
    }

    /// <summary>The format that an ending names; null for any other ending.</summary>
    public static ReportFormat? FormatOf(string path) => Path.GetExtension(path).ToLowerInvariant() switch
    {
        ".md" or ".markdown" => ReportFormat.Markdown,
        ".html" or ".htm" => ReportFormat.Html,
        ".json" => ReportFormat.Json,
        _ => null,
    };

    /// <summary><c>INC-2026-0042-prediction-api-returns-500</c>: ASCII letters, digits and dashes only, whatever the title holds.</summary>
    public static string Name(Incident incident)
    {
        var slug = Slug(incident.Title);
        var id = string.Concat(incident.Id.Where(character => char.IsAsciiLetterOrDigit(character) || character == '-'));
        return (slug.Length == 0 ? id : $"{id}-{slug}").TrimStart('-');
    }

    public static IncidentException Invalid(string path, string why, string? advice = null, Exception? inner = null)
    {
        var shown = VisibleText.Line(path, 300);
        return new(FailureKind.PathInvalid, $"No report was written to '{shown}': {why}.", shown, inner, advice);
    }

    /// <summary>The absolute path; PathInvalid for what cannot be one.</summary>
    public static string Full(string path)
    {
        if (string.IsNullOrWhiteSpace(path))
        {
            throw Invalid(path, "the path is empty");
        }

        if (path.Any(char.IsControl))
        {
            throw Invalid(path, "the path holds control characters");
        }

        try
        {
            return Path.GetFullPath(path);
        }
        catch (Exception failure) when (failure is ArgumentException or NotSupportedException or PathTooLongException)
        {
            throw Invalid(path, "it is no path on this machine", inner: failure);
        }
    }

    private static string Slug(string title)
    {
        var slug = new StringBuilder(MaximumSlug);
        foreach (var character in Decomposed(title))
        {
            if (slug.Length >= MaximumSlug)
            {
                break;
            }

            if (char.IsAsciiLetterOrDigit(character))
            {
                slug.Append(char.ToLowerInvariant(character));
            }
            else if (slug.Length > 0 && slug[^1] != '-' && CharUnicodeInfo.GetUnicodeCategory(character) != UnicodeCategory.NonSpacingMark)
            {
                slug.Append('-');
            }
        }

        return slug.ToString().TrimEnd('-');
    }

    private static string Decomposed(string title)
    {
        var start = title[..Math.Min(title.Length, 1000)];
        try
        {
            return start.Normalize(NormalizationForm.FormD);
        }
        catch (ArgumentException)
        {
            return start; // A lone surrogate has no normal form; it is dropped with everything else that is not ASCII.
        }
    }

    private static string Extension(ReportFormat format) => format switch
    {
        ReportFormat.Markdown => ".md",
        ReportFormat.Html => ".html",
        _ => ".json",
    };
}
