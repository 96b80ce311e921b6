namespace MalariaIncident.Staging;

/// <summary>Something in the sources of the module does not fit together.</summary>
internal sealed class StagingException(string path, string message) : Exception(message)
{
    /// <summary>The file to correct.</summary>
    public string Path { get; } = path;
}
