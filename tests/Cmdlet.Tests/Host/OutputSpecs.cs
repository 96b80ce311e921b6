namespace Cmdlet.Tests.Host;

/// <summary>What reaches a file, a pipe, a terminal.</summary>
public sealed class OutputSpecs
{
    private const string Esc = "\x1b";

    private const string Coloured = "[pscustomobject]@{ Name = 'api'; Ready = 3 } | Format-Table; \"$([char]27)[31mred$([char]27)[0m\"; Write-Host 'shown' -ForegroundColor Green; "
        + "Write-Warning 'careful'; Write-Error 'broken'";

    [Fact]
    public async Task Redirected_output_has_no_colours_and_errors_and_warnings_are_apart()
    {
        var run = await HostProgram.Run("-Command", Coloured);
        Assert.DoesNotContain(Esc, run.Expect(1).Output + run.Error, StringComparison.Ordinal);
        Assert.Equal(["Name Ready", "---- -----", "api      3", "red", "shown"], run.Lines);
        Assert.Contains("WARNING: careful", run.Error, StringComparison.Ordinal);
        Assert.Contains("broken", run.Error, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task A_terminal_gets_colours_unless_NO_COLOR_says_otherwise()
    {
        Skip.If(!Pseudoterminal.IsAvailable, "needs script(1) for a terminal");
        var coloured = await Pseudoterminal.Run("", [], "-Command", Coloured);
        Assert.Contains($"{Esc}[31mred", coloured.Output, StringComparison.Ordinal);
        Assert.Contains($"{Esc}[92mshown", coloured.Output, StringComparison.Ordinal);

        var plain = await Pseudoterminal.Run("", new() { ["NO_COLOR"] = "1" }, "-Command", Coloured);
        Assert.DoesNotContain($"{Esc}[", plain.Output.Replace($"{Esc}[?1h", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains("shown", plain.Output, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Fault_ESC_CR_C1_and_bidi_controls_are_stripped_on_a_terminal_and_raw_in_a_file()
    {
        Skip.If(!Pseudoterminal.IsAvailable, "needs script(1) for a terminal");
        const string hostile = "\"a$([char]27)]52;c;ZXZpbA==$([char]7)b$([char]27)[2Jc$([char]0x9b)3Jd$([char]0x202e)e`rf\"";
        Assert.Contains("abcdef", (await Pseudoterminal.Run("", [], "-Command", hostile)).Output, StringComparison.Ordinal);
        Assert.Contains("a\x1b]52;c;ZXZpbA==\ab\x1b[2Jc\u009b3Jd\u202ee\rf", (await HostProgram.Run("-Command", hostile)).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reader_that_leaves_does_not_stop_the_work()
    {
        var proof = Path.Combine(Path.GetTempPath(), $"malaria-incident-{Guid.NewGuid():N}.txt");
        using var process = HostProgram.Start([], "-Command", $"1..2000 | ForEach-Object {{ 'x' * 100 }}; Set-Content '{proof}' done");
        process.StandardInput.Close();
        await process.StandardOutput.ReadLineAsync();
        process.StandardOutput.Close();
        await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(File.Exists(proof));
        File.Delete(proof);
    }
}
