using System.Diagnostics;
using System.Runtime.Versioning;

namespace MalariaIncident.Sandbox.Databases;

/// <summary>The account a server runs as. PostgreSQL refuses to run as root, so root lends it another one.</summary>
[UnsupportedOSPlatform("windows")]
internal sealed class ServerAccount
{
    private readonly string? user;
    private readonly IReadOnlyList<string> become;

    private ServerAccount(string? user, IReadOnlyList<string> become)
    {
        this.user = user;
        this.become = become;
    }

    /// <summary>Null where this is root and there is no way to become anyone else.</summary>
    public static ServerAccount? Find()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            return new(null, []);
        }

        var known = File.Exists("/etc/passwd") ? File.ReadAllLines("/etc/passwd") : [];
        var name = new[] { "postgres", "nobody" }.FirstOrDefault(candidate => known.Any(line => line.StartsWith(candidate + ":", StringComparison.Ordinal)));
        if (name is null)
        {
            return null;
        }

        if (ExecutablePath.Find("setpriv") is { } setpriv)
        {
            var group = known.First(line => line.StartsWith(name + ":", StringComparison.Ordinal)).Split(':')[3];
            return new(name, [setpriv, $"--reuid={name}", $"--regid={group}", "--clear-groups", "--"]);
        }

        return ExecutablePath.Find("runuser") is { } runuser ? new(name, [runuser, "-u", name, "--"]) : null;
    }

    public IReadOnlyList<string> Command(params IEnumerable<string> command) => [.. become, .. command];

    /// <summary>Makes a directory that only this account can read.</summary>
    public async Task<string> MakeDirectoryAsync(string path, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        if (user is not null)
        {
            // A temporary directory of root is closed to everyone else; passing through it is all the account needs.
            var parent = Path.GetDirectoryName(path)!;
            File.SetUnixFileMode(parent, File.GetUnixFileMode(parent) | UnixFileMode.OtherExecute);
            await RunAsync(["chown", user, path], cancellationToken);
        }

        return path;
    }

    /// <summary>Writes a file that only this account can read.</summary>
    public async Task WriteAsync(string path, string text, CancellationToken cancellationToken)
    {
        PrivateFile.Write(path, text);
        if (user is not null)
        {
            await RunAsync(["chown", user, path], cancellationToken);
        }
    }

    /// <summary>Runs a program to its end. InvalidOperationException with what it said when it fails.</summary>
    public static async Task RunAsync(IReadOnlyList<string> command, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(command[0], command.Skip(1))
        {
            UseShellExecute = false,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            // The current directory may be one that the account cannot enter.
            WorkingDirectory = "/",
        };
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{command[0]} did not start.");
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            var error = await process.StandardError.ReadToEndAsync(cancellationToken);
            await output;
            await process.WaitForExitAsync(cancellationToken);
            if (process.ExitCode != 0)
            {
                throw new InvalidOperationException($"{Path.GetFileName(command[0])} ended with {process.ExitCode}: {error.Trim()}");
            }
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }
}
