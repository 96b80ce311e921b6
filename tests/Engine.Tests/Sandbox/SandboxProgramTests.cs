using System.Diagnostics;

namespace Engine.Tests.Sandbox;

/// <summary>The sandbox as a program of its own.</summary>
public sealed class SandboxProgramTests
{
    private static Process Start(params string[] arguments) => Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "MalariaIncident.Sandbox.dll"), .. arguments])
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!;

    private static async Task<int> EndAsync(Process process)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        await process.WaitForExitAsync(deadline.Token);
        return process.ExitCode;
    }

    [Fact]
    public async Task It_says_when_it_is_ready_and_ends_with_its_input_leaving_nothing()
    {
        using var process = Start("up");
        var line = await process.StandardOutput.ReadLineAsync();
        Assert.StartsWith("ready ", line, StringComparison.Ordinal);
        var file = line!["ready ".Length..];
        Assert.Contains("namespace: malaria-prediction-production", await File.ReadAllTextAsync(file), StringComparison.Ordinal);
        process.StandardInput.Close();
        Assert.Equal(0, await EndAsync(process));
        Assert.False(Directory.Exists(Path.GetDirectoryName(file)));
    }

    [SkippableFact]
    public async Task SIGTERM_ends_it_in_order()
    {
        Skip.If(OperatingSystem.IsWindows(), "Windows has no SIGTERM.");
        using var process = Start("up", "--fault", "image-pull");
        var line = await process.StandardOutput.ReadLineAsync();
        using var kill = Process.Start("kill", ["-TERM", process.Id.ToString()]);
        Assert.Equal(0, await EndAsync(process));
        Assert.False(Directory.Exists(Path.GetDirectoryName(line!["ready ".Length..])));
    }

    [Theory]
    [InlineData("up --fault gremlins", "There is no fault called 'gremlins'")]
    [InlineData("up --pods many", "--pods takes a number, not 'many'")]
    [InlineData("up --depth 3", "--depth is not an option")]
    [InlineData("up --fault", "--fault needs a value")]
    [InlineData("down", "MalariaIncident.Sandbox up")]
    public async Task Bad_input_is_answered_with_what_and_why(string line, string expected)
    {
        using var process = Start(line.Split(' '));
        Assert.Contains(expected, await process.StandardError.ReadToEndAsync(), StringComparison.Ordinal);
        Assert.Equal(2, await EndAsync(process));
    }

    [Fact]
    public async Task It_lists_its_faults()
    {
        using var process = Start("faults");
        var output = await process.StandardOutput.ReadToEndAsync();
        Assert.Matches("(?m)^bad-release +release 1.5.0", output);
        Assert.Matches("(?m)^api-lost-answer ", output);
        Assert.Equal(0, await EndAsync(process));
    }
}
