using MalariaIncident;
using MalariaIncident.Engine.Postgres.Activity;

namespace Engine.Tests.Postgres;

/// <summary>Trap: more pods exhaust database connections. What a real server says about its room.</summary>
public sealed class ConnectionHeadroomTests(PostgresServer postgres) : IClassFixture<PostgresServer>
{
    [SkippableFact]
    public async Task The_most_that_one_address_holds_and_what_the_application_holds_are_counted()
    {
        var connection = postgres.Server.ConnectionString;
        await using var one = await Session.OpenAsync(connection, "malaria-predictor-api");
        await using var two = await Session.OpenAsync(connection, "Malaria-Predictor-API");
        await using var other = await Session.OpenAsync(connection, "report");
        var room = new Room(connection);
        var headroom = new ConnectionHeadroom(room.Connector);
        var seen = await headroom.ReadAsync(room.Resolved, ["127.0.0.1", "10.244.1.7"], ["malaria-predictor-api"], CancellationToken.None);
        Assert.Equal((100, 3, 2), (seen.Maximum, seen.Reserved, seen.OfApplication));
        Assert.True(seen.MostOfOnePod >= 3 && seen.Used >= 3, $"{seen}");
        Assert.Equal(97 - seen.Used, seen.Free);
        Assert.Null((await headroom.ReadAsync(room.Resolved, ["10.244.1.7"], [], CancellationToken.None)).MostOfOnePod);
        Assert.Null((await headroom.ReadAsync(room.Resolved, [], [], CancellationToken.None)).MostOfOnePod);
    }

    [SkippableFact]
    public async Task No_database_and_one_that_is_away_are_told_apart()
    {
        Assert.NotNull(postgres.Server);
        var nowhere = new Room("host=127.0.0.1 port=1 user=nobody dbname=nothing", timeout: TimeSpan.FromSeconds(30));
        var failure = await Assert.ThrowsAsync<IncidentException>(() => new ConnectionHeadroom(nowhere.Connector).ReadAsync(nowhere.Resolved, [], [], CancellationToken.None));
        Assert.Equal(FailureKind.DatabaseUnreachable, failure.Kind);
        var unnamed = nowhere.Resolved with { ConnectionReference = null };
        failure = await Assert.ThrowsAsync<IncidentException>(() => new ConnectionHeadroom(nowhere.Connector).ReadAsync(unnamed, [], [], CancellationToken.None));
        Assert.Equal(FailureKind.SettingMissing, failure.Kind);
    }
}
