using System.Text.Json.Nodes;
using MalariaIncident;

namespace Engine.Tests.Incidents;

public sealed class IncidentLifeTests : IDisposable
{
    private readonly JournalPlace _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public async Task Declaring_gives_an_id_that_can_be_said_aloud_and_clocks_of_the_runbook()
    {
        var incident = await _place.Incidents.DeclareAsync(
            new IncidentDeclaration { Title = "  Prediction API returns 500 ", Facts = new SeverityFacts { UsersAffected = 60 } }, default);

        Assert.Equal("INC-2026-0001", incident.Id);
        Assert.Equal("Prediction API returns 500", incident.Title);
        Assert.Equal(Severity.P0, incident.Severity);
        Assert.Equal(["P0: At least 50 % of users affected (60 %)"], incident.Criteria);
        Assert.Equal(_place.Clock.Now.AddMinutes(15), incident.RespondBy);
        Assert.Equal(_place.Clock.Now.AddHours(1), incident.ResolveBy);
        Assert.Equal("ada", incident.DeclaredBy);
        Assert.Equal("INC-2026-0002", (await _place.DeclareAsync()).Id);
    }

    [Fact]
    public async Task Nothing_known_is_urgent_and_says_so()
    {
        var incident = await _place.DeclareAsync();

        Assert.Equal(Severity.P1, incident.Severity);
        Assert.Equal(["P1: impact not assessed yet; urgent until it is"], incident.Criteria);
    }

    [Fact]
    public async Task An_incident_is_worked_verified_and_closed()
    {
        var id = (await _place.DeclareAsync()).Id;
        _place.Clock.Now += TimeSpan.FromMinutes(4);
        await _place.Incidents.NoteAsync(id, "looking", default);
        await _place.Incidents.ChangeAsync(id, new IncidentChange { Status = IncidentStatus.Identified, RootCause = "release 42" }, default);
        _place.Clock.Now += TimeSpan.FromMinutes(10);
        await _place.Journal.AppendAsync(id, EventKind.Verified, "healthy", new JsonObject { ["passed"] = true, ["checks"] = new JsonArray() }, default);
        _place.Clock.Now += TimeSpan.FromMinutes(20);

        var closed = await _place.Incidents.CloseAsync(id, new IncidentClosure(), default);

        Assert.Equal(IncidentStatus.Closed, closed.Status);
        Assert.Equal("release 42", closed.RootCause);
        Assert.Equal(closed.DeclaredAt.AddMinutes(4), closed.AcknowledgedAt);
        Assert.Equal(closed.DeclaredAt.AddMinutes(14), closed.ResolvedAt);
        Assert.Equal(closed.DeclaredAt.AddMinutes(34), closed.ClosedAt);
        var check = Assert.Single(await _place.Incidents.VerifyAsync(id, default).ToListAsync());
        Assert.True(check.Intact, check.Reason);
        Assert.Equal(closed.LastSequence, check.Events);
    }
}
