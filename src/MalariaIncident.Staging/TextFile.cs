namespace MalariaIncident.Staging;

/// <summary>Files that keep their time stamp while nothing changed, so that incremental builds stay incremental.</summary>
internal static class TextFile
{
    public static void WriteIfChanged(string path, string text)
    {
        if (!File.Exists(path) || File.ReadAllText(path) != text)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, text);
        }
    }
}
