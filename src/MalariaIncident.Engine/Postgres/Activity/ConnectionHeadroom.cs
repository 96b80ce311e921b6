using MalariaIncident.Engine.Environments;
using MalariaIncident.Engine.Mitigations;
using MalariaIncident.Engine.Postgres.Connections;

namespace MalariaIncident.Engine.Postgres.Activity;

/// <summary>What <c>pg_stat_activity</c> says about room for more pods.</summary>
internal sealed class ConnectionHeadroom(PostgresConnector connector) : IConnectionHeadroom
{
    private const string Room =
        """
        WITH clients AS (
            SELECT host(client_addr) AS address, lower(application_name) AS application
            FROM pg_stat_activity
            WHERE backend_type = 'client backend' AND pid <> pg_backend_pid())
        SELECT current_setting('max_connections')::int,
               current_setting('superuser_reserved_connections')::int + coalesce(current_setting('reserved_connections', true), '0')::int,
               (SELECT count(*) FROM clients)::int,
               (SELECT max(held) FROM (SELECT count(*) AS held FROM clients WHERE address = ANY($1) GROUP BY address) AS pods)::int,
               (SELECT count(*) FROM clients WHERE application = ANY($2))::int
        """;

    public async Task<DatabaseRoom> ReadAsync(
        ResolvedScope scope, IReadOnlyCollection<string> podAddresses, IReadOnlyCollection<string> applications, CancellationToken cancellationToken)
    {
        await using var session = await connector.OpenAsync(scope, SessionUse.Read, connector.DeadlineOf(scope), cancellationToken);
        ActivityReader.EnsureOthersAreSeen(session);
        var rows = await session.QueryAsync(
            Room,
            parameters =>
            {
                parameters.AddWithValue(podAddresses.ToArray());
                parameters.AddWithValue(applications.Select(name => name.ToLowerInvariant()).ToArray());
            },
            row => new DatabaseRoom
            {
                Server = session.Server,
                Maximum = row.GetInt32(0),
                Reserved = row.GetInt32(1),
                Used = row.GetInt32(2),
                MostOfOnePod = row.IsDBNull(3) ? null : row.GetInt32(3),
                OfApplication = row.GetInt32(4),
            },
            cancellationToken);
        return rows.Single();
    }
}
