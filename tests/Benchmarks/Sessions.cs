namespace Benchmarks;

/// <summary>New processes that run a line of PowerShell with the module: the host, and pwsh where its path is known.</summary>
internal sealed class Sessions(Options options, Target target)
{
    public IEnumerable<(string Name, Func<string, Measured> Run, Func<string, string> Ask)> All()
    {
        yield return ("Host", script => Host(script).Measured, script => Host(script).Output);
        if (options.Pwsh is not null)
        {
            yield return ("pwsh", script => Pwsh(script).Measured, script => Pwsh(script).Output);
        }
    }

    private string Module => Path.Combine(Path.GetDirectoryName(options.Host)!, "Modules", "MalariaIncident", "MalariaIncident.psd1") is var beside && File.Exists(beside) ? beside : Programs.Module;

    /// <summary>A published host is a program of its own and a dll beside it: either may be named.</summary>
    private (Measured Measured, string Output) Host(string script) => options.Host.EndsWith(".dll", StringComparison.OrdinalIgnoreCase)
        ? Programs.Ask("dotnet", [options.Host, "-Command", script], target.Variables)
        : Programs.Ask(options.Host, ["-Command", script], target.Variables);

    private (Measured Measured, string Output) Pwsh(string script) => Programs.Ask(
        options.Pwsh!, ["-NoProfile", "-NonInteractive", "-Command", $"$ErrorActionPreference='Stop'; Import-Module '{Module}'; {script}"], target.Variables);
}
