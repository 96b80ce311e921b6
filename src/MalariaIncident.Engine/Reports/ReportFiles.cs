using System.Text;

namespace MalariaIncident.Engine.Reports;

/// <summary>Writes all of them or none: each beside its place, then all moved.</summary>
internal static class ReportFiles
{
    public static async Task WriteAsync(IReadOnlyList<(string Path, string Text)> files, bool overwrite, CancellationToken cancellationToken)
    {
        EnsureFree(files, overwrite);
        var written = new List<(string Temporary, string Path)>();
        try
        {
            foreach (var (path, text) in files)
            {
                var temporary = Path.Combine(Path.GetDirectoryName(path)!, $".{Guid.NewGuid():N}.tmp");
                written.Add((temporary, path));
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                await File.WriteAllTextAsync(temporary, text, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), cancellationToken);
            }

            foreach (var (temporary, path) in written)
            {
                Move(temporary, path, overwrite);
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw ReportPath.Invalid(files[written.Count == 0 ? 0 : written.Count - 1].Path, Reason(failure), inner: failure);
        }
        finally
        {
            foreach (var (temporary, _) in written)
            {
                Discard(temporary);
            }
        }
    }

    private static void EnsureFree(IReadOnlyList<(string Path, string Text)> files, bool overwrite)
    {
        foreach (var (path, _) in files)
        {
            if (Directory.Exists(path))
            {
                throw ReportPath.Invalid(path, "a folder has that name");
            }

            if (!overwrite && File.Exists(path))
            {
                throw Exists(path);
            }
        }
    }

    private static void Move(string temporary, string path, bool overwrite)
    {
        try
        {
            File.Move(temporary, path, overwrite);
        }
        catch (IOException) when (!overwrite && File.Exists(path))
        {
            throw Exists(path); // Someone else was faster than we between the check and the move.
        }
    }

    private static void Discard(string temporary)
    {
        try
        {
            File.Delete(temporary);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // What made the writing fail is being reported already.
        }
    }

    private static IncidentException Exists(string path) => ReportPath.Invalid(path, "a file is there already", "Give another -Path, or -Force to replace it.");

    private static string Reason(Exception failure) => failure switch
    {
        UnauthorizedAccessException => "this user may not write there",
        DirectoryNotFoundException => "its folder cannot be made",
        PathTooLongException => "the path is too long",
        _ => VisibleText.Line(failure.Message.TrimEnd('.'), 200),
    };
}
