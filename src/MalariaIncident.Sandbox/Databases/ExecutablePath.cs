namespace MalariaIncident.Sandbox.Databases;

/// <summary>Programs of this machine, as a shell would find them.</summary>
internal static class ExecutablePath
{
    public static IEnumerable<string> Directories() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            // An administrator's programs are often outside the PATH that a service runs with.
            .Concat(OperatingSystem.IsWindows() ? [] : ["/usr/sbin", "/sbin"]);

    public static string? Find(string program) =>
        Directories().Select(directory => Path.Combine(directory, program)).FirstOrDefault(File.Exists);
}
