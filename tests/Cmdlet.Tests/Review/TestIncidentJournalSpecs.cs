using System.Text;
using Cmdlet.Tests.Harness;
using MalariaIncident;

namespace Cmdlet.Tests.Review;

[Collection(TemporaryStore.Name)]
public sealed class TestIncidentJournalSpecs : IDisposable
{
    private readonly TemporaryStore _store = new();
    private readonly Shell _shell = new();

    public void Dispose()
    {
        _shell.Dispose();
        _store.Dispose();
    }

    [Fact]
    public void Each_chain_is_checked()
    {
        Assert.Empty(_shell.Get<JournalCheck>("Test-IncidentJournal"));
        _shell.Get<Incident>("New-Incident one; Add-IncidentNote a; New-Incident two");

        var checks = _shell.Get<JournalCheck>("Test-IncidentJournal");

        Assert.All(checks, check => Assert.True(check.Intact, check.Reason));
        Assert.Equal([2L, 1], checks.Select(check => check.Events));
        Assert.Single(_shell.Get<JournalCheck>("Get-Incident *-0002 | Test-IncidentJournal"));
        Assert.Equal("IncidentNotFound", _shell.FailureOf("Test-IncidentJournal INC-2026-9999"));
    }

    [Fact]
    public void A_flipped_byte_is_found_and_Quiet_is_a_condition()
    {
        _shell.Get<Incident>("New-Incident one; Add-IncidentNote 'find me in the file'");
        Assert.True(_shell.Get<bool>("Test-IncidentJournal -Quiet").Single());
        var bytes = File.ReadAllBytes(_store.Store);
        bytes[bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes("find me"))] ^= 0x20;
        File.WriteAllBytes(_store.Store, bytes);

        Assert.False(_shell.Get<bool>("Test-IncidentJournal -Quiet").Single());
        Assert.Equal(2, _shell.Get<JournalCheck>("Test-IncidentJournal").Single().BrokenAt);
    }
}
