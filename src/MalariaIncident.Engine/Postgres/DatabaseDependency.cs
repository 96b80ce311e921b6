using MalariaIncident.Engine.Dependencies;
using MalariaIncident.Engine.Environments;
using MalariaIncident.Engine.Postgres.Connections;

namespace MalariaIncident.Engine.Postgres;

/// <summary>The database as something to lean on: does it let us in and answer?</summary>
internal sealed class DatabaseDependency(PostgresConnector connector) : IDependency, IDependencySource
{
    public string Name => "database";
    public DependencyKind Kind => DependencyKind.Database;
    public string? PodVariable => "DATABASE_URL";

    public IEnumerable<IDependency> Of(ResolvedScope scope) => [this];

    public async Task<DependencyTarget> FindAsync(ResolvedScope scope, CancellationToken cancellationToken)
    {
        var (host, port) = await connector.AddressAsync(scope, cancellationToken);
        var address = $"{host}:{port}";
        // A socket of this machine is no address for anyone else.
        return new DependencyTarget(address, host.StartsWith('/') ? null : $"postgresql://{address}", token => AskAsync(scope, token));
    }

    private async Task<DependencyAnswer> AskAsync(ResolvedScope scope, CancellationToken cancellationToken)
    {
        await using var session = await connector.OpenAsync(scope, SessionUse.Read, connector.DeadlineOf(scope), cancellationToken);
        var facts = session.Facts;
        return facts.IsStandby
            ? new(DependencyState.Failing, $"{session.Server} answers as '{facts.Role}', and is a standby: it takes no writes.")
            : new(DependencyState.Up, $"{session.Server} let '{facts.Role}' into '{facts.Database}' (PostgreSQL {facts.Major}) and answers.");
    }
}
