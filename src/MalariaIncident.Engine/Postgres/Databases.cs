using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using MalariaIncident.Engine.Environments;
using MalariaIncident.Engine.Incidents;
using MalariaIncident.Engine.Postgres.Activity;
using MalariaIncident.Engine.Postgres.Connections;

namespace MalariaIncident.Engine.Postgres;

/// <summary>What can be looked at in PostgreSQL.</summary>
internal sealed class Databases(PostgresConnector connector, IScopeResolver scopes, IJournal journal) : IDatabases
{
    /// <summary>How many backends an entry of the journal describes one by one.</summary>
    private const int EvidenceRows = 10;

    public async IAsyncEnumerable<LongQuery> GetLongQueriesAsync(
        Scope scope, LongQueryFilter filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var resolved = await scopes.ResolveAsync(scope, cancellationToken);
        var queries = await ReadAsync(resolved, (session, typed) => new ActivityReader(session, typed).FindAsync(filter, cancellationToken), cancellationToken);
        await journal.AppendEvidenceAsync(resolved.Incident, Evidence(queries), EvidenceData(queries), cancellationToken);
        foreach (var query in queries)
        {
            yield return query;
        }
    }

    /// <summary>Reads once more on a new connection when the first was lost under way: reading twice harms nobody.</summary>
    private async Task<T> ReadAsync<T>(ResolvedScope scope, Func<PostgresSession, Scope, Task<T>> read, CancellationToken cancellationToken)
    {
        var deadline = connector.DeadlineOf(scope);
        var typed = connector.Secrets.Hide(scope.Typed);
        for (var last = false; ; last = true)
        {
            await using var session = await connector.OpenAsync(scope, SessionUse.Read, deadline, cancellationToken);
            try
            {
                return await read(session, typed);
            }
            catch (IncidentException failure) when (!last && PostgresFailures.IsLostConnection(failure))
            {
            }
        }
    }

    private static string Evidence(IReadOnlyList<LongQuery> queries) => queries.Count == 0
        ? "No long-running query was found."
        : $"{queries.Count} long-running queries on {queries[0].Server}, the longest {queries[0].Duration:d\\.hh\\:mm\\:ss} (backend {queries[0].ProcessId}); {queries.Count(query => query.RootBlocker)} root blockers.";

    private static JsonObject EvidenceData(IReadOnlyList<LongQuery> queries) => new()
    {
        ["count"] = queries.Count,
        ["longest"] = new JsonArray([
            .. queries.Take(EvidenceRows).Select(query => new JsonObject
            {
                ["pid"] = query.ProcessId,
                ["database"] = query.Database,
                ["user"] = query.User,
                ["application"] = query.Application,
                ["state"] = query.State,
                ["seconds"] = Math.Round(query.Duration.TotalSeconds, 1),
                ["blocks"] = query.Blocks,
                ["query"] = QueryText.Shorten(query.Query),
            }),
        ]),
    };
}
