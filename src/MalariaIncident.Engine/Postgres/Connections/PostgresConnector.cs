using System.Globalization;
using MalariaIncident.Engine.Environments;
using Npgsql;

namespace MalariaIncident.Engine.Postgres.Connections;

/// <summary>Opens connections to the database that a scope names.</summary>
internal sealed class PostgresConnector(IScopeResolver scopes, SessionSecrets secrets, IPodPorts pods, TimeProvider time, Func<string, string?> variable)
{
    public const string ApplicationName = "MalariaIncident";

    public SessionSecrets Secrets => secrets;

    /// <summary>
    /// A connection for one task, never a pooled one: in an incident a kept connection is one that the application lacks, and a dead one fails
    /// the next command.
    /// </summary>
    public async Task<PostgresSession> OpenAsync(ResolvedScope scope, SessionUse use, Deadline deadline, CancellationToken cancellationToken)
    {
        var settings = await SettingsAsync(scope, cancellationToken);
        var builder = settings.Builder;
        builder.ApplicationName = ApplicationName;
        builder.Pooling = false;
        builder.Enlist = false;
        builder.CancellationTimeout = 500;
        builder.PersistSecurityInfo = false;
        builder.IncludeErrorDetail = false;
        // Looking for a Kerberos library costs a tenth of a second where nobody uses one.
        if (!builder.ShouldSerialize("GSS Encryption Mode"))
        {
            builder.GssEncryptionMode = GssEncryptionMode.Disable;
        }

        // The statement that signals is planned once, not for every backend.
        builder.MaxAutoPrepare = use == SessionUse.Signal ? 4 : 0;
        builder.AutoPrepareMinUsages = 2;
        var seconds = (int)Math.Clamp(Math.Ceiling(deadline.Limit.TotalSeconds), 1, 1024);
        builder.Timeout = seconds;
        builder.CommandTimeout = seconds;

        return scope.Pods is null
            ? await ConnectAsync(null)
            : await new PrimaryPod(pods, ConnectAsync).ConnectAsync(scope, deadline, cancellationToken);

        async Task<PostgresSession> ConnectAsync(PodRoute? route)
        {
            var session = new PostgresSession(settings, route, deadline);
            await session.OpenAsync(use, cancellationToken);
            return session;
        }
    }

    /// <summary>Host and port of the connection, as it was written down; nothing is sent.</summary>
    public async Task<(string Host, int Port)> AddressAsync(ResolvedScope scope, CancellationToken cancellationToken)
    {
        var builder = (await SettingsAsync(scope, cancellationToken)).Builder;
        // Of several hosts each may bring its own port; the first is tried first.
        var first = (builder.Host ?? "localhost").Split(',')[0];
        return first.Split(':') is [var host, var own] && int.TryParse(own, CultureInfo.InvariantCulture, out var port) ? (host, port) : (first, builder.Port);
    }

    public Deadline DeadlineOf(ResolvedScope scope) => new(scope.Timeout, time);

    private async Task<ConnectionSettings> SettingsAsync(ResolvedScope scope, CancellationToken cancellationToken)
    {
        var defaults = new LibpqDefaults(variable);
        if (scope.ConnectionReference is { } reference)
        {
            var text = await scopes.RevealAsync(secrets.Reveal(reference), scope, cancellationToken);
            return defaults.Complete(ConnectionText.Parse(text));
        }

        if (!defaults.NamesServer && scope.Pods is null)
        {
            throw new IncidentException(
                FailureKind.SettingMissing,
                "No database is named.",
                scope.EnvironmentName,
                advice: "Name it with -ConnectionString, as 'database' in the environment file, or by PGHOST or PGSERVICE.");
        }

        return defaults.Complete(new(new NpgsqlConnectionStringBuilder(), service: null, sslModeGiven: false));
    }
}
