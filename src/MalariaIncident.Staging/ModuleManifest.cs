namespace MalariaIncident.Staging;

/// <summary>The manifest with its exports filled in.</summary>
internal static class ModuleManifest
{
    private const string EmptyExports = "CmdletsToExport      = @()";

    public static void Write(string source, string target, string version, IReadOnlyList<CmdletEntry> cmdlets)
    {
        var text = File.ReadAllText(source);
        if (!text.Contains(EmptyExports, StringComparison.Ordinal))
        {
            throw new StagingException(source, $"the line \"{EmptyExports}\" is missing");
        }

        if (!text.Contains($"ModuleVersion        = '{version}'", StringComparison.Ordinal))
        {
            throw new StagingException(source, $"ModuleVersion is not {version}, the version in Directory.Build.props");
        }

        var names = string.Join($",{Environment.NewLine}        ", cmdlets.Select(cmdlet => $"'{cmdlet.Name}'"));
        TextFile.WriteIfChanged(target, text.Replace(EmptyExports, $"CmdletsToExport      = @({Environment.NewLine}        {names})", StringComparison.Ordinal));
    }
}
