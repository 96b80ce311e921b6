using System.Net.Sockets;
using System.Text.RegularExpressions;
using Cmdlet.Tests.Harness;

namespace Cmdlet.Tests.Sandbox;

/// <summary>A sandbox that is killed takes its database with it.</summary>
public sealed partial class SandboxEndSpecs
{
    [SkippableFact]
    public async Task After_a_kill_the_database_is_gone()
    {
        using var sandbox = SandboxProcess.Start();
        var required = Environment.GetEnvironmentVariable("MALARIA_INCIDENT_REQUIRE_SERVERS") == "1";
        Skip.If(!sandbox.HasDatabase && !required, "No PostgreSQL is installed here.");
        var folder = Path.GetDirectoryName(sandbox.EnvironmentFile)!;
        var port = int.Parse(Port().Match(await File.ReadAllTextAsync(Path.Combine(folder, "database-connection"))).Groups["port"].Value);
        Assert.True(await ListensAsync(port));
        var server = int.Parse(File.ReadLines(Directory.GetFiles(folder, "postmaster.pid", SearchOption.AllDirectories).Single()).First());

        sandbox.Kill();

        // It stops listening first, and writes for a moment longer.
        var patience = TimeSpan.FromMinutes(1);
        for (var clock = System.Diagnostics.Stopwatch.StartNew(); Lives(server);)
        {
            Assert.True(clock.Elapsed < patience, "the database outlived its sandbox");
            await Task.Delay(100);
        }

        Assert.False(await ListensAsync(port));
        await RemoveAsync(folder);
    }

    /// <summary>The cache and the pooler end at their own pace, and tidy up after themselves until then.</summary>
    private static async Task RemoveAsync(string folder)
    {
        for (var tries = 1; Directory.Exists(folder); tries++)
        {
            try
            {
                Directory.Delete(folder, recursive: true);
            }
            catch (IOException) when (tries < 600)
            {
                await Task.Delay(100);
            }
        }
    }

    private static bool Lives(int id)
    {
        try
        {
            using var process = System.Diagnostics.Process.GetProcessById(id);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static async Task<bool> ListensAsync(int port)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync("127.0.0.1", port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    [GeneratedRegex("port=(?<port>[0-9]+)", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex Port();
}
