using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using MalariaIncident.Engine.Environments;
using MalariaIncident.Engine.Incidents;
using MalariaIncident.Engine.Postgres.Activity;
using MalariaIncident.Engine.Postgres.Connections;
using MalariaIncident.Engine.Postgres.Locks;
using MalariaIncident.Engine.Postgres.Statements;

namespace MalariaIncident.Engine.Postgres;

/// <summary>What can be looked at in PostgreSQL. Everything that was seen is evidence for the incident.</summary>
internal sealed class Databases(PostgresConnector connector, IScopeResolver scopes, IJournal journal) : IDatabases
{
    public IAsyncEnumerable<LongQuery> GetLongQueriesAsync(Scope scope, LongQueryFilter filter, CancellationToken cancellationToken) => ListAsync(
        scope, (session, typed) => new ActivityReader(session, typed).FindAsync(filter, cancellationToken), filter.PreparesChange ? null : DatabaseEvidence.Of, cancellationToken);

    public IAsyncEnumerable<DatabaseLock> GetLocksAsync(Scope scope, CancellationToken cancellationToken) => ListAsync(
        scope, (session, typed) => new LockReader(session, typed).ReadAsync(cancellationToken), DatabaseEvidence.Of, cancellationToken);

    public IAsyncEnumerable<DatabaseConnection> GetConnectionsAsync(Scope scope, CancellationToken cancellationToken) => ListAsync(
        scope, (session, typed) => new ConnectionReader(session, typed).ReadAsync(cancellationToken), DatabaseEvidence.Of, cancellationToken);

    public IAsyncEnumerable<SlowQuery> GetSlowQueriesAsync(Scope scope, SlowQueryOptions options, CancellationToken cancellationToken) => ListAsync(
        scope, (session, typed) => new StatementReader(session, typed).ReadAsync(options, cancellationToken), DatabaseEvidence.Of, cancellationToken);

    private async IAsyncEnumerable<T> ListAsync<T>(
        Scope scope,
        Func<PostgresSession, Scope, Task<IReadOnlyList<T>>> read,
        Func<IReadOnlyList<T>, (string Text, JsonObject Data)>? evidence,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var resolved = await scopes.ResolveAsync(scope, cancellationToken);
        var items = await ReadAsync(resolved, read, cancellationToken);
        if (evidence is not null)
        {
            var (text, data) = evidence(items);
            await journal.AppendEvidenceAsync(resolved.Incident, text, data, cancellationToken);
        }

        foreach (var item in items)
        {
            yield return item;
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
}
