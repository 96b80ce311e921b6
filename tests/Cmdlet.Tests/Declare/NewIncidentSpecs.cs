using Cmdlet.Tests.Harness;
using MalariaIncident;

namespace Cmdlet.Tests.Declare;

[Collection(TemporaryStore.Name)]
public sealed class NewIncidentSpecs : IDisposable
{
    private readonly TemporaryStore _store = new();
    private readonly Shell _shell = new();

    public void Dispose()
    {
        _shell.Dispose();
        _store.Dispose();
    }

    [Fact]
    public void The_facts_decide_the_severity()
    {
        var incident = Assert.Single(_shell.Get<Incident>("New-Incident -Title 'Prediction API returns 500' -UsersAffected 60"));

        Assert.Equal(Severity.P0, incident.Severity);
        Assert.Matches("^INC-[0-9]{4}-0001$", incident.Id);
        Assert.Contains("60 %", Assert.Single(incident.Criteria), StringComparison.Ordinal);
        Assert.Equal(incident.DeclaredAt + TimeSpan.FromHours(1), incident.ResolveBy);
    }

    [Fact]
    public void The_new_incident_is_the_sessions()
    {
        var incident = _shell.Get<Incident>("New-Incident 'One'")[0];

        _shell.Run("Add-IncidentNote 'in the session'");

        Assert.Contains(_shell.Get<IncidentEvent>($"Get-IncidentTimeline {incident.Id}"), entry => entry.Text == "in the session");
    }

    [Fact]
    public void WhatIf_writes_nothing_not_even_the_file()
    {
        var outcome = _shell.Run("New-Incident 'Never' -UsersAffected 60 -WhatIf; Add-IncidentNote -Incident INC-2026-0001 -Text no -WhatIf; Set-Incident INC-2026-0001 -Severity P0 -WhatIf; Close-Incident INC-2026-0001 -WhatIf");

        Assert.Null(outcome.Error);
        Assert.Empty(outcome.Output);
        Assert.Contains("Declare the incident 'Never' as P0 (P0: At least 50 % of users affected (60 %))", _shell.Host.Shown, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_store.Folder));
    }

    [Theory]
    [InlineData("New-Incident -Title ''", "TitleEmpty")]
    [InlineData("New-Incident -Title '' -WhatIf", "TitleEmpty")]
    [InlineData("New-Incident -Title '   '", "TitleEmpty")]
    [InlineData("New-Incident -Title $null", "TitleEmpty")]
    [InlineData("New-Incident -Title ('x' * 201)", "ArgumentInvalid")]
    [InlineData("New-Incident -Title \"two`nlines\"", "ArgumentInvalid")]
    [InlineData("New-Incident x -UsersAffected 101", "ArgumentInvalid")]
    [InlineData("New-Incident x -StartedAt ([DateTimeOffset]::UtcNow.AddDays(1))", "ArgumentInvalid")]
    public void Bad_input_is_refused_before_anything_is_written(string script, string id)
    {
        Assert.Equal(id, _shell.FailureOf(script));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_store.Folder));
    }

    [Fact]
    public void A_verdict_pipes_into_a_declaration() =>
        Assert.Equal(Severity.P2, _shell.Get<Incident>("Resolve-Severity -PerformanceDegradation 30 | New-Incident -Title slow")[0].Severity);

    [Fact]
    public void A_new_incident_shows_as_one_table_row()
    {
        _shell.Run("New-Incident 'Shown in a table' -Severity P3 | Out-Default");

        Assert.Contains("Due (UTC)", _shell.Host.Shown, StringComparison.Ordinal);
        Assert.Contains("Shown in a table", _shell.Host.Shown, StringComparison.Ordinal);
    }
}
