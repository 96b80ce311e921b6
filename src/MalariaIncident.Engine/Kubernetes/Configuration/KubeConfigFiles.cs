using System.Globalization;
using YamlDotNet.Core;

namespace MalariaIncident.Engine.Kubernetes;

/// <summary>
/// Which files make the kubeconfig, in kubectl's order: the one that was named, else those of KUBECONFIG (missing ones are
/// passed over), else <c>~/.kube/config</c>.
/// </summary>
internal sealed class KubeConfigFiles
{
    private KubeConfigFiles(IReadOnlyList<string> paths, string origin)
    {
        Paths = paths;
        Origin = origin;
        Stamp = string.Join('\n', paths.Select(path =>
        {
            var file = new FileInfo(path);
            return string.Create(CultureInfo.InvariantCulture, $"{path}|{file.Length}|{file.LastWriteTimeUtc.Ticks}");
        }));
    }

    /// <summary>Absolute paths of the files that exist; the first to name something wins. Empty inside a pod.</summary>
    public IReadOnlyList<string> Paths { get; }

    /// <summary>For messages.</summary>
    public string Origin { get; }

    /// <summary>Changes whenever one of the files does.</summary>
    public string Stamp { get; }

    public static KubeConfigFiles Find(string? named)
    {
        if (!string.IsNullOrWhiteSpace(named))
        {
            string path = Expand(named);
            return File.Exists(path)
                ? new KubeConfigFiles([path], path)
                : throw new IncidentException(FailureKind.KubeConfigMissing, $"The kubeconfig '{path}' does not exist.", named);
        }

        string? listed = Environment.GetEnvironmentVariable("KUBECONFIG");
        bool isListed = !string.IsNullOrWhiteSpace(listed);
        string[] wanted = isListed
            ? [.. listed!.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Distinct(StringComparer.Ordinal).Select(Path.GetFullPath)]
            : [Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".kube", "config")];
        string[] found = [.. wanted.Where(File.Exists)];
        if (found.Length == 0 && !InCluster.IsAvailable)
        {
            throw new IncidentException(
                FailureKind.KubeConfigMissing,
                isListed ? $"None of the files that KUBECONFIG names exists: {string.Join(", ", wanted)}." : $"There is no kubeconfig: KUBECONFIG is not set, and '{wanted[0]}' does not exist.",
                wanted[0],
                advice: "Name one with -KubeConfig or KUBECONFIG.");
        }

        return new KubeConfigFiles(found, string.Join(Path.PathSeparator, found));
    }

    /// <summary>The parsed files with their paths. KubeConfigInvalid names file and line.</summary>
    public IEnumerable<(string Path, YamlMap Content)> Load()
    {
        foreach (string path in Paths)
        {
            yield return (path, Load(path));
        }
    }

    private static YamlMap Load(string path)
    {
        try
        {
            using StreamReader text = File.OpenText(path);
            return YamlMap.Parse(text);
        }
        catch (YamlException broken)
        {
            // Without the parser's own message: it may quote what stands there, a token for one.
            throw new IncidentException(
                FailureKind.KubeConfigInvalid, $"The kubeconfig '{path}' is not valid YAML at line {broken.Start.Line}, column {broken.Start.Column}.", path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new IncidentException(FailureKind.KubeConfigInvalid, $"The kubeconfig '{path}' cannot be read: {failure.Message}", path, failure);
        }
    }

    private static string Expand(string path) =>
        path == "~" || path.StartsWith("~/", StringComparison.Ordinal)
            ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), path.Length > 2 ? path[2..] : "")
            : Path.GetFullPath(path);
}
