using MalariaIncident.Engine.Environments;
using MalariaIncident.Engine.Postgres.Connections;
using Npgsql;

namespace MalariaIncident.Engine.Postgres.Poolers;

/// <summary>
/// Finds the consoles of a scope. Every pooler has one of its own: a command that reached only the one behind a service's address would leave the others as they are, so pods are
/// addressed one by one, and so are several hosts of one connection string.
/// </summary>
internal sealed class PoolerConsoles(IScopeResolver scopes, SessionSecrets secrets, IPodPorts pods, TimeProvider time, Func<string, string?> variable)
{
    private const int UsualPort = 6432;

    public SessionSecrets Secrets => secrets;

    public TimeProvider Time => time;

    public Deadline DeadlineOf(ResolvedScope scope) => new(scope.Timeout, time);

    /// <summary>SettingMissing where nobody named a console.</summary>
    public async Task<IReadOnlyList<ConsoleAddress>> FindAsync(ResolvedScope scope, CancellationToken cancellationToken)
    {
        var typed = scope.Typed.ConnectionString;
        var reference = typed ?? scope.Environment?.PoolerConsole ?? throw new IncidentException(
            FailureKind.SettingMissing,
            "No administration console of a pooler is named.",
            scope.EnvironmentName,
            advice: "Name it with -ConnectionString (host=pgbouncer port=6432 user=…), or as 'poolerConsole' in the environment file. Restart-Deployment -Pooler works without it, and drops clients.");
        var written = ConnectionText.Parse(await scopes.RevealAsync(secrets.Reveal(reference), scope, cancellationToken));
        var builder = new LibpqDefaults(name => name is "PGPORT" or "PGHOST" or "PGHOSTADDR" or "PGSERVICE" or "PGDATABASE" ? null : variable(name)).Complete(written).Builder;
        if (!builder.ShouldSerialize("Port"))
        {
            builder.Port = UsualPort;
        }

        return (scope.Typed.Pods ?? (typed is null ? scope.Environment?.PoolerPods : null)) is { } named
            ? await OfPodsAsync(scope, PodTarget.Parse(named), builder, cancellationToken)
            : [.. builder.Host!.Split(',').Select(host => Direct(host, builder))];
    }

    private static ConsoleAddress Direct(string host, NpgsqlConnectionStringBuilder settings)
    {
        var own = new NpgsqlConnectionStringBuilder(settings.ConnectionString) { Host = host };
        if (host.Split(':') is [var name, var text] && int.TryParse(text, out var port))
        {
            (own.Host, own.Port) = (name, port);
        }

        return new($"{own.Host}:{own.Port}", own, null);
    }

    private async Task<IReadOnlyList<ConsoleAddress>> OfPodsAsync(ResolvedScope scope, PodTarget target, NpgsqlConnectionStringBuilder settings, CancellationToken cancellationToken)
    {
        var found = await pods.FindAsync(scope, target, scope.Timeout, cancellationToken);
        var port = target.Port ?? UsualPort;
        var running = found.Pods.Where(pod => pod.Trouble is null).ToArray();
        return running.Length > 0
            ? [.. running.Select(pod => new ConsoleAddress(
                $"{found.Namespace}/{pod.Name}:{port}", settings, token => pods.ConnectAsync(scope, pod.Name, port, scope.Timeout, token)))]
            : throw new IncidentException(
                FailureKind.DatabaseUnreachable,
                $"No pod of {target} in namespace {found.Namespace} runs: {string.Join("; ", found.Pods.Select(pod => $"{pod.Name} {pod.Trouble}"))}.",
                target.Name,
                advice: "Get-ClusterHealth says why.");
    }
}
