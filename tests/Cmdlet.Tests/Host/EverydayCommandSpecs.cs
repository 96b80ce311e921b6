namespace Cmdlet.Tests.Host;

/// <summary>The commands that runbooks use around ours answer as in pwsh, with no pwsh on the machine.</summary>
public sealed class EverydayCommandSpecs
{
    private static readonly Dictionary<string, string?> NoPwsh = new() { ["PSModulePath"] = null, ["PATH"] = "/usr/bin:/bin" };

    [Fact]
    public async Task Objects_are_selected_sorted_measured_and_grouped()
    {
        var run = await HostProgram.Run("", NoPwsh, "-Command",
            """
            $pods = @(
                [pscustomobject]@{ Name = 'api-1'; Restarts = 4; Node = 'n1' }
                [pscustomobject]@{ Name = 'api-2'; Restarts = 0; Node = 'n2' }
                [pscustomobject]@{ Name = 'db-1'; Restarts = 4; Node = 'n1' })
            ($pods | Sort-Object Restarts, Name -Descending).Name -join ','
            ($pods | Select-Object -ExpandProperty Node -Unique) -join ','
            ($pods | Select-Object N*, @{ Name = 'Twice'; Expression = { $_.Restarts * 2 } } -First 1 | ConvertTo-Json -Compress)
            ($pods | Select-Object -Last 1 -Skip 1).Name
            $m = $pods | Measure-Object Restarts -Sum -Average -Maximum -Minimum; "$($m.Count) $($m.Sum) $($m.Maximum) $($m.Minimum)"
            $pods | Group-Object Node | ForEach-Object { "$($_.Name)=$($_.Count)" }
            $made = 0; 1..1000 | ForEach-Object { $script:made++; $_ } | Select-Object -First 2 | Out-Null; "made $made"
            """);
        Assert.Equal(["db-1,api-1,api-2", "n1,n2", """{"Name":"api-1","Node":"n1","Twice":8}""", "api-2", "3 8 4 0", "n1=2", "n2=1", "made 2"], run.Expect(0).Lines);
    }

    [Fact]
    public async Task Json_files_paths_and_times_work()
    {
        var folder = Directory.CreateTempSubdirectory("malaria-incident-").FullName;
        var run = await HostProgram.Run("", NoPwsh, "-Command",
            $$"""
            Set-Location '{{folder}}'
            Set-Content notes.txt 'one','two'; Add-Content notes.txt 'three'; (Get-Content notes.txt).Count; Test-Path notes.txt, nothing.txt
            [pscustomobject]@{ At = [datetime]::SpecifyKind('2026-11-24 02:47', 'Utc'); Day = [DayOfWeek]::Monday; Deep = @{ A = @{ B = 1 } } } | ConvertTo-Json -Depth 5 -Compress
            ('{"a":[1,2]}' | ConvertFrom-Json).a[1]
            Split-Path (Join-Path 'a' 'b.txt') -Leaf
            (New-TimeSpan -Minutes 90).TotalHours
            (Get-Date '2026-11-24T02:47:00Z').ToUniversalTime().ToString('HH:mm')
            (Get-ChildItem).Name
            [pscustomobject]@{ Pod = 'api-1'; Ready = $true } | Format-List | Out-String -Stream | Where-Object { $_ }
            Start-Sleep -Milliseconds 1; Write-Output 'end'
            """);
        Assert.Equal(
            ["3", "True", "False", """{"At":"2026-11-24T02:47:00Z","Day":1,"Deep":{"A":{"B":1}}}""", "2", "b.txt", "1.5", "02:47", "notes.txt", "Pod   : api-1", "Ready : True", "end"],
            run.Expect(0).Lines);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_script_that_shows_several_types_lists_the_properties_that_matter()
    {
        var mixed = string.Join('\n', (await HostProgram.Run("", NoPwsh, "-Command", "Get-IncidentSafety; Get-SeverityPolicy P0")).Expect(0).Lines);
        Assert.Contains("ResponseTime", mixed, StringComparison.Ordinal);
        Assert.DoesNotContain("EscalateAfter", mixed, StringComparison.Ordinal);
        var whole = string.Join('\n', (await HostProgram.Run("", NoPwsh, "-Command", "Get-SeverityPolicy P0 | Format-List *")).Expect(0).Lines);
        Assert.Contains("EscalateAfter", whole, StringComparison.Ordinal);
    }
}
