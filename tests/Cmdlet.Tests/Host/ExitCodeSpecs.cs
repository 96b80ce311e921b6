namespace Cmdlet.Tests.Host;

/// <summary>The exit code tells a CronJob what happened; the table of errors in the module says which.</summary>
public sealed class ExitCodeSpecs
{
    [Theory]
    [InlineData("'fine'", 0)]
    [InlineData("Write-Error 'no id of ours'; 'goes on'", 1)]
    [InlineData("throw 'over'", 1)]
    [InlineData("Get-Mitigation -NoSuchParameter", 2)]
    [InlineData("No-SuchCommand", 2)]
    [InlineData("if (", 2)]
    [InlineData("Write-Error -ErrorId IncidentNotFound -Message x", 2)]
    [InlineData("Write-Error -ErrorId ConfirmationImpossible -Message x", 3)]
    [InlineData("Write-Error -ErrorId ClusterForbidden -Message x", 5)]
    [InlineData("Write-Error -ErrorId ClusterUnreachable -Message x", 6)]
    [InlineData("Write-Error -ErrorId StoreFull -Message x", 7)]
    [InlineData("Write-Error -ErrorId ClusterForbidden -Message x; Write-Error -ErrorId OutcomeUnknown -Message x", 4)]
    [InlineData("Get-Module | Select-Object Name; Write-Error -ErrorId StoreFull -Message x", 7)]
    [InlineData("Write-Error -ErrorId StoreFull -Message x; exit 42", 42)]
    public async Task Error_to_exit_code(string command, int expected)
        => (await HostProgram.Run("-Command", command)).Expect(expected);

    [Fact]
    public async Task Errors_that_a_script_caught_or_silenced_or_shows_as_data_do_not_count()
    {
        var run = await HostProgram.Run(
            "-Command",
            "try { Get-Item /nowhere -ErrorAction Stop } catch { 'caught' }; Get-Item /nowhere -ErrorAction SilentlyContinue; Get-Item /nowhere 2>$null; $Error[0]; 'end'");
        Assert.Equal("caught", run.Expect(0).Lines[0]);
        Assert.Equal("end", run.Lines[^1]);
    }

    [Fact]
    public async Task Exit_in_a_script_file_ends_the_session_with_its_code()
    {
        var script = Path.Combine(Path.GetTempPath(), $"malaria-incident-{Guid.NewGuid():N}.ps1");
        await File.WriteAllTextAsync(script, "'before'; exit 7; 'after'");
        try
        {
            Assert.Equal(["before"], (await HostProgram.Run(script)).Expect(7).Lines);
        }
        finally
        {
            File.Delete(script);
        }
    }

    [Fact]
    public async Task Trap_a_failed_command_in_a_file_is_not_exit_code_0_and_stops_where_the_script_says_so()
    {
        var run = await HostProgram.Run("-Command", "$ErrorActionPreference = 'Stop'; Undo-Mitigation MIT-9999 -Confirm:$false; 'must not be reached'");
        Assert.NotEqual(0, run.ExitCode);
        Assert.DoesNotContain("must not be reached", run.Output, StringComparison.Ordinal);
    }
}
