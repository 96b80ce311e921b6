namespace MalariaIncident.Engine.Kubernetes;

/// <summary>How a program in a container ended.</summary>
/// <param name="Output">What it wrote, cut at a bound.</param>
/// <param name="Error">What it wrote to standard error, or what the runtime said when it could not start it.</param>
/// <param name="ExitCode">Null where it did not run to its end: it was not found, or the connection was cut.</param>
/// <param name="Status">The server's own words about the end.</param>
internal sealed record ExecAnswer(string Output, string Error, int? ExitCode, string Status)
{
    /// <summary>True where the container has no such program: nothing was run.</summary>
    public bool IsMissing => ExitCode is 126 or 127
        || (ExitCode is null && (Status.Contains("executable file not found", StringComparison.Ordinal) || Status.Contains("no such file or directory", StringComparison.Ordinal)));
}
