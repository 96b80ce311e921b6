namespace Cmdlet.Tests.Host;

/// <summary>traps.md: "a piped stdin line A approved it". Only a person at a terminal answers.</summary>
public sealed class ConfirmationSpecs : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Fact]
    public async Task Trap_a_piped_A_does_not_approve()
    {
        var run = await HostProgram.Run("A\nY\n", [], "-Command", $"Remove-Item '{_file}' -Confirm");
        Assert.True(File.Exists(_file));
        Assert.Contains("Nobody can answer", run.Expect(3).Error, StringComparison.Ordinal);
        Assert.Contains("-Confirm:$false", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Trap_an_A_in_the_script_on_standard_input_does_not_approve_either()
    {
        (await HostProgram.Run($"Remove-Item '{_file}' -Confirm\nA\n", [], "-")).Expect(3);
        Assert.True(File.Exists(_file));
    }

    [Fact]
    public async Task Trap_a_change_of_ours_without_Confirm_false_is_a_terminating_error_where_nobody_answers()
    {
        var run = await HostProgram.Run("A\n", [], "-Command", "New-Incident Slow | Out-Null; try { Close-Incident -Force -Reason test -Confirm } catch { $_.FullyQualifiedErrorId; throw }");
        Assert.StartsWith("ConfirmationImpossible", run.Expect(3).Lines[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhatIf_alone_is_exit_code_3_and_changes_nothing()
    {
        var run = await HostProgram.Run("-Command", "New-Incident Slow | Out-Null; Close-Incident -Force -Reason test -WhatIf; (Get-Incident).Status");
        Assert.Equal("Investigating", run.Expect(3).Lines[^1]);
    }

    [Fact]
    public async Task A_mandatory_value_is_not_taken_from_piped_input()
        => Assert.Contains("MitigationId", (await HostProgram.Run("MIT-1\n", [], "-Command", "Undo-Mitigation")).Expect(2).Error, StringComparison.Ordinal);

    [SkippableFact]
    public async Task On_a_terminal_a_person_is_asked_and_NonInteractive_asks_nobody()
    {
        Skip.If(!Pseudoterminal.IsAvailable, "needs script(1) for a terminal");
        var declined = await Pseudoterminal.Run("N\n", [], "-Command", $"Remove-Item '{_file}' -Confirm; 'went on'");
        Assert.Contains("[Y] Yes", declined.Output, StringComparison.Ordinal);
        Assert.Contains("went on", declined.Output, StringComparison.Ordinal);
        Assert.True(File.Exists(_file));

        var unasked = await Pseudoterminal.Run("Y\n", [], "-NonInteractive", "-Command", $"Remove-Item '{_file}' -Confirm");
        Assert.Contains("Nobody can answer", unasked.Expect(3).Output, StringComparison.Ordinal);
        Assert.True(File.Exists(_file));

        (await Pseudoterminal.Run("Y\n", [], "-Command", $"Remove-Item '{_file}' -Confirm")).Expect(0);
        Assert.False(File.Exists(_file));
    }
}
