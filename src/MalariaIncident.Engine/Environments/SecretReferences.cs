namespace MalariaIncident.Engine.Environments;

/// <summary>Reveals secret references. A failure names the reference and the reason, and never what was read.</summary>
internal sealed class SecretReferences(Func<string, string?> variable, IReadOnlyList<ISecretSource> sources)
{
    /// <summary>A secret is a line, not a disk image.</summary>
    private const int LongestSecretFile = 64 * 1024;

    public async Task<string> RevealAsync(string valueOrReference, ResolvedScope scope, CancellationToken cancellationToken)
    {
        var (scheme, rest) = Split(valueOrReference);
        switch (scheme)
        {
            case "env":
                return variable(rest) is { Length: > 0 } value ? value : throw Unavailable(valueOrReference, $"the variable {rest} is not set", "Set it in this session.");
            case "file":
                return await ReadFileAsync(valueOrReference, rest, cancellationToken);
            default:
                if (sources.FirstOrDefault(candidate => candidate.Scheme == scheme) is { } source)
                {
                    return await source.RevealAsync(valueOrReference, scope, cancellationToken);
                }

                // Sent to a server as if it were a password, a reference would only fail there, and later.
                return scheme is "kube" or "secret"
                    ? throw Unavailable(valueOrReference, $"references by {scheme}: cannot be followed here", "Use env:NAME or file:path.")
                    : valueOrReference;
        }
    }

    private static async Task<string> ReadFileAsync(string reference, string rest, CancellationToken cancellationToken)
    {
        try
        {
            var path = Path.GetFullPath(rest);
            if (new FileInfo(path).Length > LongestSecretFile)
            {
                throw Unavailable(reference, $"the file is longer than {LongestSecretFile} bytes", "Name a file that holds the secret and nothing else.");
            }

            // Files that hold secrets usually end in a line break that is no part of them.
            var secret = (await File.ReadAllTextAsync(path, cancellationToken)).TrimEnd('\r', '\n');
            return secret.Length > 0 ? secret : throw Unavailable(reference, "the file is empty", "Write the secret into it.");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw Unavailable(reference, failure is FileNotFoundException or DirectoryNotFoundException ? "there is no such file" : "the file cannot be read", "Check the path and its permissions.");
        }
    }

    /// <summary>A scheme is followed by anything but <c>//</c>: <c>file:path</c> is a reference, <c>redis://host</c> an address.</summary>
    private static (string? Scheme, string After) Split(string value)
    {
        var colon = value.IndexOf(':', StringComparison.Ordinal);
        return colon <= 0 || value.AsSpan(colon + 1).StartsWith("//") ? (null, value) : (value[..colon], value[(colon + 1)..]);
    }

    private static IncidentException Unavailable(string reference, string why, string advice) =>
        new(FailureKind.SecretUnavailable, $"The secret {reference} is not available: {why}.", reference, advice: advice);
}
