using Cmdlet.Tests.Harness;
using MalariaIncident;

namespace Cmdlet.Tests.Respond;

[Collection(TemporaryStore.Name)]
public sealed class IncidentRecordSpecs : IDisposable
{
    private readonly TemporaryStore _store = new();
    private readonly Shell _shell = new();

    public void Dispose()
    {
        _shell.Dispose();
        _store.Dispose();
    }

    [Fact]
    public void The_timeline_tells_sequence_time_actor_kind_and_text()
    {
        _shell.Get<Incident>("New-Incident one -Severity P1; Add-IncidentNote 'looked at the pods'; Set-Incident -Status Monitoring");

        var timeline = _shell.Get<IncidentEvent>("Get-IncidentTimeline");

        Assert.Equal([1L, 2, 3], timeline.Select(entry => entry.Sequence));
        Assert.Equal([EventKind.Declared, EventKind.Note, EventKind.Changed], timeline.Select(entry => entry.Kind));
        Assert.Equal(["P1 declared: one", "looked at the pods", "status: Investigating → Monitoring"], timeline.Select(entry => entry.Text));
        Assert.All(timeline, entry => Assert.NotEmpty(entry.Actor));
        Assert.All(timeline, entry => Assert.Equal(TimeSpan.Zero, entry.Time.Offset));
        Assert.Equal("looked at the pods", Assert.Single(_shell.Get<IncidentEvent>("Get-IncidentTimeline -Kind Note")).Text);
    }

    [Fact]
    public void A_note_goes_where_it_is_sent_and_comes_back_on_request()
    {
        var id = _shell.Get<Incident>("New-Incident one; New-Incident two")[0].Id;

        Assert.Empty(_shell.Get<object>($"Get-Incident {id} | Add-IncidentNote 'by object'"));
        Assert.Equal((id, 3L), _shell.Get<IncidentEvent>($"Add-IncidentNote -Incident {id} -Text 'by id' -PassThru").Select(entry => (entry.Incident!, entry.Sequence)).Single());
    }

    [Theory]
    [InlineData("Add-IncidentNote ''", "ArgumentInvalid")]
    [InlineData("Add-IncidentNote $null", "ArgumentInvalid")]
    [InlineData("Add-IncidentNote \"nul `0 inside\"", "ArgumentInvalid")]
    [InlineData("Get-IncidentTimeline INC-2026-9999", "IncidentNotFound")]
    [InlineData("Add-IncidentNote x -Incident nonsense", "IncidentNotFound")]
    public void Bad_input_is_said(string script, string id)
    {
        _shell.Get<Incident>("New-Incident one");
        Assert.Equal(id, _shell.FailureOf(script));
    }

    /// <summary>traps.md: with Select-Object -First 1 nothing after WriteObject runs, so the entry is written before. A break ends the pipeline the same way.</summary>
    [Fact]
    public void Ending_the_pipeline_early_loses_no_entry()
    {
        _shell.Run("foreach ($once in 1) { New-Incident one | ForEach-Object { break } }");
        _shell.Run("foreach ($once in 1) { Add-IncidentNote two -PassThru | ForEach-Object { break } }");

        Assert.Equal(["P1 declared: one", "two"], _shell.Get<IncidentEvent>("Get-IncidentTimeline").Select(entry => entry.Text));
        Assert.True(_shell.Get<bool>("Test-IncidentJournal -Quiet")[0]);
    }

    /// <summary>faults.md: ESC, CR, bidi controls are stripped on a terminal, and kept in the record.</summary>
    [Fact]
    public void What_a_note_hides_is_stripped_on_screen_and_kept_in_the_record()
    {
        _shell.Run("New-Incident one; Add-IncidentNote \"red `e[31m and `u{202e}backwards\"");
        _shell.Run("Get-IncidentTimeline -Kind Note | Out-Default");

        var row = _shell.Host.Shown.Split('\n').Single(line => line.Contains("backwards", StringComparison.Ordinal));
        Assert.DoesNotContain("\u001b[31m", row, StringComparison.Ordinal);
        Assert.DoesNotContain("\u202e", row, StringComparison.Ordinal);
        Assert.Contains("\u001b[31m and \u202e", _shell.Get<IncidentEvent>("Get-IncidentTimeline -Kind Note")[0].Text, StringComparison.Ordinal);
    }
}
