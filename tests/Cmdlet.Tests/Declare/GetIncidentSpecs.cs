using Cmdlet.Tests.Harness;
using MalariaIncident;

namespace Cmdlet.Tests.Declare;

[Collection(TemporaryStore.Name)]
public sealed class GetIncidentSpecs : IDisposable
{
    private readonly TemporaryStore _store = new();
    private readonly Shell _shell = new();

    public void Dispose()
    {
        _shell.Dispose();
        _store.Dispose();
    }

    [Fact]
    public void Lists_newest_first_and_filters()
    {
        var ids = _shell.Get<Incident>("'one', 'two', 'three' | ForEach-Object { New-Incident $_ -Severity P2 }").Select(incident => incident.Id).ToArray();
        _shell.Get<Incident>($"Set-Incident {ids[1]} -Severity P0 -PassThru");
        _shell.Get<Incident>($"Close-Incident {ids[2]} -Force -Reason test -PassThru");

        string[] Ids(string script) => [.. _shell.Get<Incident>(script).Select(incident => incident.Id)];
        Assert.Equal(ids.Reverse(), Ids("Get-Incident"));
        Assert.Equal([ids[1], ids[0]], Ids("Get-Incident -Open"));
        Assert.Equal([ids[1]], Ids("Get-Incident -Severity P0"));
        Assert.Equal([ids[0], ids[2]], Ids($"Get-Incident {ids[0]}, {ids[2].ToLowerInvariant()}"));
        Assert.Equal([ids[2]], Ids("Get-Incident *-0003"));
        Assert.Empty(Ids("Get-Incident INC-1999-*"));
    }

    [Fact]
    public void An_id_that_is_not_there_is_an_error_and_the_others_go_on()
    {
        var id = _shell.Get<Incident>("New-Incident one")[0].Id;

        var outcome = _shell.Run($"Get-Incident INC-2026-9999, {id}");

        Assert.Equal("IncidentNotFound", Assert.Single(outcome.Errors).FullyQualifiedErrorId.Split(',')[0]);
        Assert.Equal(id, Assert.IsType<Incident>(Assert.Single(outcome.Output).BaseObject).Id);
    }

    [Fact]
    public void Looking_makes_no_journal()
    {
        Assert.Empty(_shell.Get<Incident>("Get-Incident"));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_store.Folder));
    }

    [Fact]
    public void Ids_complete()
    {
        var id = _shell.Get<Incident>("New-Incident 'Slow login'")[0].Id;
        Assert.Contains(id, _shell.Complete("Get-Incident INC-", id));
    }

    [Fact]
    public void A_damaged_journal_is_said_with_its_path()
    {
        File.WriteAllText(_store.Store, new string('x', 8192));
        Assert.Equal("StoreCorrupt", _shell.FailureOf("Get-Incident"));
        Assert.Equal("StoreCorrupt", _shell.FailureOf("New-Incident x"));
    }
}
