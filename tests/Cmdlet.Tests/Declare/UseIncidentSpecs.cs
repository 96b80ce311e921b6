using Cmdlet.Tests.Harness;
using MalariaIncident;

namespace Cmdlet.Tests.Declare;

[Collection(TemporaryStore.Name)]
public sealed class UseIncidentSpecs : IDisposable
{
    private readonly TemporaryStore _store = new();
    private readonly Shell _shell = new();

    public void Dispose()
    {
        _shell.Dispose();
        _store.Dispose();
    }

    [Fact]
    public void The_session_works_on_the_chosen_incident()
    {
        var ids = _shell.Get<Incident>("New-Incident one; New-Incident two").Select(incident => incident.Id).ToArray();

        Assert.Equal(ids[0], _shell.Get<Incident>($"Get-Incident {ids[0]} | Use-Incident")[0].Id);

        Assert.Equal(ids[0], _shell.Get<IncidentEvent>("Add-IncidentNote here -PassThru")[0].Incident);
    }

    [Fact]
    public void Two_sessions_do_not_cross()
    {
        using var other = new Shell();
        var one = _shell.Get<Incident>("New-Incident one")[0].Id;
        var two = other.Get<Incident>("New-Incident two")[0].Id;

        Assert.Equal(one, _shell.Get<IncidentEvent>("Add-IncidentNote here -PassThru")[0].Incident);
        Assert.Equal(two, other.Get<IncidentEvent>("Add-IncidentNote here -PassThru")[0].Incident);
    }

    [Fact]
    public void Without_one_a_note_has_no_place_and_the_variable_of_the_process_gives_one()
    {
        var id = _shell.Get<Incident>("New-Incident one")[0].Id;
        _shell.Run("Use-Incident -None");
        Assert.Equal("IncidentNotFound", _shell.FailureOf("Add-IncidentNote lost"));
        Assert.Empty(_shell.Get<IncidentEvent>("Get-IncidentTimeline"));

        Environment.SetEnvironmentVariable("MALARIA_INCIDENT", id);
        try
        {
            Assert.Equal(id, _shell.Get<IncidentEvent>("Add-IncidentNote found -PassThru")[0].Incident);
        }
        finally
        {
            Environment.SetEnvironmentVariable("MALARIA_INCIDENT", null);
        }
    }

    [Fact]
    public void One_that_is_not_there_is_not_chosen()
    {
        var id = _shell.Get<Incident>("New-Incident one")[0].Id;
        Assert.Equal("IncidentNotFound", _shell.FailureOf("Use-Incident INC-2026-9999"));
        Assert.Equal(id, _shell.Get<IncidentEvent>("Add-IncidentNote here -PassThru")[0].Incident);
    }
}
