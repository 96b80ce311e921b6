using System.Text.RegularExpressions;
using Cmdlet.Tests.Harness;
using MalariaIncident;

namespace Cmdlet.Tests.Safety;

/// <summary>The record reads the same wherever it was written; what is shown is in the culture of the person who looks.</summary>
[Collection(TemporaryStore.Name)]
public sealed partial class CultureSpecs(BadRelease world) : IClassFixture<BadRelease>, IDisposable
{
    private readonly TemporaryStore _store = new();

    public void Dispose() => _store.Dispose();

    [Theory]
    [InlineData("de-DE")]
    [InlineData("fi-FI")]
    [InlineData("th-TH")]
    [InlineData("ar-SA")]
    public void The_record_and_the_failures_read_the_same_in_every_culture(string culture)
    {
        using var shell = new Shell();
        var outcome = shell.Run($"""
            [cultureinfo]::CurrentCulture = '{culture}'
            New-Incident one -Severity P2
            Set-Incident -UsersAffected 12.5
            try {"{ Set-Incident -UsersAffected 112.5 } catch { $_.Exception.Message }"}
            [cultureinfo]::CurrentCulture.Name
            """);

        Assert.Null(outcome.Error);
        Assert.Contains(shell.Get<IncidentEvent>("Get-IncidentTimeline"), entry => entry.Text.Contains("users affected: 12.5 %", StringComparison.Ordinal));
        Assert.Contains("112.5 %", outcome.Output[1].ToString(), StringComparison.Ordinal);
        Assert.Equal(culture, outcome.Output[2].ToString());
    }

    [Fact]
    public void What_a_watch_sees_is_told_as_everywhere_and_stands_in_the_record_so()
    {
        using var shell = world.OpenShell();
        var looks = shell.Get<ClusterHealth>("""
            [cultureinfo]::CurrentCulture = 'fi-FI'
            $null = New-Incident one
            do { Get-ClusterHealth -Watch -Interval 1s | ForEach-Object { $_; if (++$n -eq 2) { break } } } while ($false)
            """);

        Assert.Equal(2, looks.Count);
        foreach (var look in looks)
        {
            var events = look.Findings.SelectMany(finding => finding.Evidence).Where(line => line.StartsWith("event ", StringComparison.Ordinal)).ToList();
            Assert.NotEmpty(events);
            Assert.All(events, line => Assert.Matches(MomentOfEvent(), line));
        }
    }

    [Fact]
    public void What_follows_in_the_pipeline_keeps_the_culture_of_the_person()
    {
        using var shell = new Shell();
        var shown = shell.Run("""
            [cultureinfo]::CurrentCulture = 'de-DE'
            $null = New-Incident one -UsersAffected 12.5
            Get-Incident | ForEach-Object { '{0:0.0}' -f $_.UsersAffected }
            Get-IncidentTimeline | ForEach-Object { '{0:0.0}' -f 1.5 }
            """);

        Assert.Equal(["12,5", "1,5"], shown.Output.Select(line => line.ToString()));
    }

    [GeneratedRegex(@"^event \d\d:\d\d:\d\d UTC ")]
    private static partial Regex MomentOfEvent();
}
