namespace Benchmarks;

/// <summary>New processes that run a line of PowerShell with the module: the host, and pwsh where its path is known.</summary>
internal sealed class Sessions(string? pwsh, Target target)
{
    public IEnumerable<(string Name, Func<string, Measured> Run, Func<string, string> Ask)> All()
    {
        yield return ("Host", script => Host(script).Measured, script => Host(script).Output);
        if (pwsh is not null)
        {
            yield return ("pwsh", script => Pwsh(script).Measured, script => Pwsh(script).Output);
        }
    }

    private (Measured Measured, string Output) Host(string script) => Programs.Ask("dotnet", [Programs.Host, "-Command", script], target.Variables);

    private (Measured Measured, string Output) Pwsh(string script) => Programs.Ask(
        pwsh!, ["-NoProfile", "-NonInteractive", "-Command", $"$ErrorActionPreference='Stop'; Import-Module '{Programs.Module}'; {script}"], target.Variables);
}
