namespace MalariaIncident.Engine.Kubernetes;

/// <summary>One context, cluster or user of a kubeconfig, with the file it stands in.</summary>
internal sealed class Entry(string path, string kind, string name, YamlMap fields)
{
    public string Name => name;

    public string? Text(string key) => fields.Text(key);

    public bool Flag(string key) => fields.Flag(key);

    public YamlMap? Map(string key) => fields.Map(key);

    public IEnumerable<string> Texts(string key) => fields.Texts(key);

    /// <summary>A path in the kubeconfig is relative to the kubeconfig.</summary>
    public string Resolve(string file) => Path.GetFullPath(file, Path.GetDirectoryName(path)!);

    /// <summary>The content of <c>key-data</c> (base64) or else of the file that <c>key</c> names; null where there is neither.</summary>
    public byte[]? Bytes(string key)
    {
        if (Text(key + "-data") is { } data)
        {
            try
            {
                return Convert.FromBase64String(data);
            }
            catch (FormatException)
            {
                throw Invalid($"has a {key}-data that is not base64");
            }
        }

        if (Text(key) is not { } file)
        {
            return null;
        }

        try
        {
            return File.ReadAllBytes(Resolve(file));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw Invalid($"has a {key} that cannot be read: {failure.Message}");
        }
    }

    public IncidentException Invalid(string what) => new(FailureKind.KubeConfigInvalid, $"The {kind} '{name}' in '{path}' {what}.", path);
}
