namespace Cmdlet.Tests.Host;

/// <summary>What the host takes: commands, files with arguments, standard input.</summary>
public sealed class CommandLineSpecs : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("malaria-incident-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_command_runs_with_the_module_loaded_and_speaks_utf8()
    {
        var run = await HostProgram.Run("-Command", "(Get-Module MalariaIncident).Version.ToString(); 'naïve ☂'; $Host.Name");
        Assert.Equal(["0.1.0", "naïve ☂", "malaria-incident"], run.Expect(0).Lines);
        Assert.Equal("", run.Error);
    }

    [Fact]
    public async Task A_file_takes_named_and_positional_arguments_and_switches()
    {
        var script = Script(
            """
            param([string] $Name, [int] $Count, [switch] $Fast, [switch] $Deep, [Parameter(ValueFromRemainingArguments)] [string[]] $Rest)
            "$Name|$Count|$Fast|$Deep|$Rest|$([IO.Path]::GetFileName($PSCommandPath))"
            """);
        var run = await HostProgram.Run("-NonInteractive", "-File", script, "prediction api", "-Count:3", "-Fast", "-Deep:$false", "left", "over");
        Assert.Equal(["prediction api|3|True|False|left over|script.ps1"], run.Expect(0).Lines);
    }

    [Fact]
    public async Task Standard_input_is_run_as_a_script_of_several_lines()
    {
        var run = await HostProgram.Run("foreach ($i in 1..2) {\n  \"line $i\"\n}\nexit 9\n", [], "-");
        Assert.Equal(["line 1", "line 2"], run.Expect(9).Lines);
    }

    [Fact]
    public async Task Piped_data_is_read_by_Read_Host_where_the_script_comes_from_the_command_line()
        => Assert.Equal(["got over there"], (await HostProgram.Run("over there\n", [], "-c", "'got ' + (Read-Host)")).Expect(0).Lines);

    [Theory]
    [InlineData("-Version", "malaria-incident 0.1.0 (PowerShell 7.6")]
    [InlineData("-?", "Exit codes: 0 ok")]
    public async Task It_says_what_it_is(string option, string expected)
        => Assert.Contains(expected, (await HostProgram.Run(option)).Expect(0).Output, StringComparison.Ordinal);

    [Theory]
    [InlineData("-Bogus", "'-Bogus' is not an option")]
    [InlineData("-Command", "-Command needs a command")]
    [InlineData("nowhere.ps1", "There is no script 'nowhere.ps1'")]
    public async Task Bad_input_is_refused_with_what_to_do(string argument, string expected)
    {
        var run = await HostProgram.Run(argument);
        Assert.Contains(expected, run.Expect(2).Error, StringComparison.Ordinal);
        Assert.Contains("-Help", run.Error, StringComparison.Ordinal);
    }

    private string Script(string text)
    {
        var path = Path.Combine(_folder, "script.ps1");
        File.WriteAllText(path, text);
        return path;
    }
}
