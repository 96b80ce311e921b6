using System.Diagnostics;

namespace Cmdlet.Tests.Host;

/// <summary>Ctrl+C and the system's wish to end.</summary>
public sealed class StopSpecs
{
    [SkippableTheory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public async Task Fault_a_signal_stops_the_pipeline_within_two_seconds_with_130(string signal)
    {
        Skip.If(OperatingSystem.IsWindows(), "needs POSIX signals");
        using var process = HostProgram.Start([], "-Command", "try { 'started'; Start-Sleep 60; 'slept' } finally { 'tidied' }");
        process.StandardInput.Close();
        Assert.Equal("started", await process.StandardOutput.ReadLineAsync());

        using var kill = Process.Start("kill", ["-s", signal, process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        var watch = Stopwatch.StartNew();
        var rest = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.Equal(130, process.ExitCode);
        Assert.DoesNotContain("slept", rest, StringComparison.Ordinal);
        // Two seconds are for the pipeline; the program's own end is the machine's matter. What was not stopped takes the minute that it sleeps.
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(40), $"took {watch.Elapsed}");
    }

    [SkippableFact]
    public async Task A_second_signal_ends_what_does_not_stop()
    {
        Skip.If(OperatingSystem.IsWindows(), "needs POSIX signals");
        using var process = HostProgram.Start([], "-Command", "'started'; [Threading.Thread]::Sleep(60000)");
        process.StandardInput.Close();
        Assert.Equal("started", await process.StandardOutput.ReadLineAsync());
        var id = process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture);
        while (!process.HasExited)
        {
            using var kill = Process.Start("kill", ["-s", "INT", id]);
            await kill.WaitForExitAsync();
            await Task.WhenAny(process.WaitForExitAsync(), Task.Delay(200));
        }

        Assert.Equal(130, process.ExitCode);
    }

    [SkippableFact]
    public async Task A_Ctrl_C_over_a_half_typed_line_does_not_make_the_next_one_the_second()
    {
        Skip.If(!Pseudoterminal.IsAvailable, "needs script(1) for a terminal");
        var pause = TimeSpan.FromSeconds(2);
        var (rest, exitCode) = await InterruptAtThePromptAndThenAsync(pause);
        // When a signal has been handled nobody sees: on a busy machine the first one may have come as late as into the command, and is given more time.
        for (; exitCode == 130 && pause < TimeSpan.FromSeconds(30); (rest, exitCode) = await InterruptAtThePromptAndThenAsync(pause))
        {
            pause *= 2;
        }

        Assert.Contains("still here", rest, StringComparison.Ordinal);
        Assert.Equal(5, exitCode);
    }

    private static async Task<(string Output, int ExitCode)> InterruptAtThePromptAndThenAsync(TimeSpan pause)
    {
        using var process = Pseudoterminal.Start(new() { ["TERM"] = "dumb" }, "-NoLogo");
        await TypeAsync(process, "'at ' + 'the prompt'\n");
        await ReadUntilAsync(process, "at the prompt");
        // Late enough that the line was read and the prompt waits for the next one.
        await Task.Delay(pause);
        // Whether the terminal throws the half away or the prompt has it already: what follows is a whole line after it.
        await TypeAsync(process, "'half'; \x03");
        await Task.Delay(pause);
        await TypeAsync(process, "'be' + 'gun'; Start-Sleep 60\n");
        await ReadUntilAsync(process, "begun");
        await TypeAsync(process, "\x03'still ' + 'here'\nexit 5\n");

        var rest = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (rest, process.ExitCode);
    }

    [SkippableFact]
    public async Task Fault_Ctrl_C_at_the_prompt_stops_the_command_and_brings_the_prompt_back()
    {
        Skip.If(!Pseudoterminal.IsAvailable, "needs script(1) for a terminal");
        using var process = Pseudoterminal.Start(new() { ["TERM"] = "dumb" }, "-NoLogo");
        await TypeAsync(process, "'be' + 'gun'; Start-Sleep 60\n");
        await ReadUntilAsync(process, "begun");
        await TypeAsync(process, "\x03");
        var stopped = Stopwatch.StartNew();
        await TypeAsync(process, "'still ' + 'here'\nexit 5\n");
        var rest = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.Contains("still here", rest, StringComparison.Ordinal);
        Assert.Equal(5, process.ExitCode);
        Assert.True(stopped.Elapsed < TimeSpan.FromSeconds(40), $"took {stopped.Elapsed}");
    }

    private static async Task TypeAsync(Process process, string keys)
    {
        await process.StandardInput.WriteAsync(keys);
        await process.StandardInput.FlushAsync();
    }

    private static async Task ReadUntilAsync(Process process, string text)
    {
        while (await process.StandardOutput.ReadLineAsync() is { } line && !line.Contains(text, StringComparison.Ordinal))
        {
        }
    }
}
