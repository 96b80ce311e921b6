using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;
using Npgsql;

namespace MalariaIncident.Sandbox.Databases;

/// <summary>
/// A real PostgreSQL server on loopback, with a generated password and nothing worth keeping: no fsync, its data removed with it.
/// </summary>
[SuppressMessage("Interoperability", "CA1416", Justification = "TryStartAsync makes none on Windows.")]
public sealed class ThrowAwayPostgres : IAsyncDisposable
{
    private readonly string root;
    private readonly ChildServer server;
    private readonly string password;

    private ThrowAwayPostgres(string root, ChildServer server, int port, string password, string database)
    {
        this.root = root;
        this.server = server;
        this.password = password;
        Port = port;
        Database = database;
        ConnectionString = ConnectionStringFor(PostgresTemplate.Superuser, password);
    }

    /// <summary>Always loopback.</summary>
    public string Host => "127.0.0.1";

    /// <summary>Port it listens on.</summary>
    public int Port { get; }

    /// <summary>The database made on it.</summary>
    public string Database { get; }

    /// <summary>key=value connection of the superuser <c>postgres</c>.</summary>
    public string ConnectionString { get; }

    /// <summary>The same as an address: <c>postgres://…</c>.</summary>
    public string Url => $"postgres://{PostgresTemplate.Superuser}:{password}@{Host}:{Port}/{Database}";

    /// <summary>File the server prints to.</summary>
    public string Log => Path.Combine(root, "postgres.log");

    /// <summary>Starts a server; null where no PostgreSQL is installed (or, as root, no other account to run it as).</summary>
    public static Task<ThrowAwayPostgres?> TryStartAsync(string directory, CancellationToken cancellationToken) =>
        TryStartAsync(directory, new(), cancellationToken);

    /// <summary>Starts a server with other settings than the usual ones.</summary>
    public static async Task<ThrowAwayPostgres?> TryStartAsync(string directory, ThrowAwayPostgresOptions options, CancellationToken cancellationToken)
    {
        // Windows has neither the shell nor the signals that keep a server from outliving us.
        if (OperatingSystem.IsWindows()
            || (options.Programs is { } folder ? new(folder) : PostgresBinaries.Find()) is not { } binaries
            || ServerAccount.Find() is not { } account)
        {
            return null;
        }

        var template = await PostgresTemplate.GetAsync(binaries, account, cancellationToken);
        var home = await account.MakeDirectoryAsync(Path.Combine(Path.GetFullPath(directory), $"postgres-{Guid.NewGuid():N}"), cancellationToken);
        if (options.Primary is { } primary)
        {
            options = options with { Database = primary.Database, Standby = true };
            await ServerAccount.RunAsync(
                account.Command(binaries.BaseBackup, "-d", primary.Url.Replace($"/{primary.Database}", "/postgres", StringComparison.Ordinal), "-D", Path.Combine(home, "data"),
                    "--checkpoint=fast", "--write-recovery-conf", "--no-sync"),
                cancellationToken);
        }
        else
        {
            await template.CopyToAsync(Path.Combine(home, "data"), cancellationToken);
            if (options.Standby)
            {
                options = options with { Database = "postgres", Statements = false };
                await File.WriteAllTextAsync(Path.Combine(home, "data", "standby.signal"), "", cancellationToken);
            }
        }

        if (options.Tls is { } tls)
        {
            await account.WriteAsync(Path.Combine(home, "data", "server.crt"), tls.Certificate, cancellationToken);
            await account.WriteAsync(Path.Combine(home, "data", "server.key"), tls.Key, cancellationToken);
        }

        const int attempts = 3;
        for (var attempt = 1; ; attempt++)
        {
            var port = FreePort.Take();
            var child = ChildServer.Start(
                account.Command([binaries.Server, "-D", Path.Combine(home, "data"), "-p", $"{port}", .. Settings(binaries, home, options)]),
                Path.Combine(home, "postgres.log"), "QUIT");
            var postgres = new ThrowAwayPostgres(home, child, port, template.Password, options.Database);
            try
            {
                if (await postgres.BecomeReadyAsync(options, options.Statements && binaries.HasStatements, cancellationToken))
                {
                    return postgres;
                }

                await child.DisposeAsync();
                if (attempt == attempts)
                {
                    throw new InvalidOperationException($"PostgreSQL did not start: {await ChildServer.LastWordsAsync(postgres.Log)}");
                }
            }
            catch
            {
                await postgres.DisposeAsync();
                throw;
            }
        }
    }

    /// <summary>key=value connection of another user, or to another database.</summary>
    public string ConnectionStringFor(string user, string password, string? database = null) =>
        new NpgsqlConnectionStringBuilder { Host = Host, Port = Port, Username = user, Password = password, Database = database ?? Database }
            .ConnectionString;

    /// <summary>Runs statements as the superuser.</summary>
    public async Task ExecuteAsync(string sql, CancellationToken cancellationToken = default)
    {
        await using var connection = new NpgsqlConnection(ConnectionString + ";Pooling=false");
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Stops every process of the server where it stands (SIGSTOP): connections stay open, and nothing answers.</summary>
    public void Freeze() => ServerProcesses.Of(root).Signal(ServerProcesses.Stop);

    /// <summary>Lets a frozen server go on.</summary>
    public void Thaw() => ServerProcesses.Of(root).Signal(ServerProcesses.Continue);

    /// <summary>Ends the server as a crash would (SIGKILL).</summary>
    public void Kill() => ServerProcesses.Of(root).Signal(ServerProcesses.Kill);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        try
        {
            Directory.Delete(root, recursive: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // A folder of the temporary directory that stays behind harms nobody.
        }
    }

    private static IEnumerable<string> Settings(PostgresBinaries binaries, string home, ThrowAwayPostgresOptions options)
    {
        var settings = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["listen_addresses"] = "127.0.0.1",
            // The kernel takes 107 bytes for the path of a socket.
            ["unix_socket_directories"] = home.Length < 80 ? home : "",
            ["max_connections"] = $"{options.MaximumConnections}",
            ["fsync"] = "off",
            ["full_page_writes"] = "off",
            ["synchronous_commit"] = "off",
            ["shared_buffers"] = "32MB",
            ["max_prepared_transactions"] = "5",
            ["timezone"] = "UTC",
            ["log_timezone"] = "UTC",
            ["ssl"] = options.Tls is null ? "off" : "on",
            ["shared_preload_libraries"] = options.Statements && binaries.HasStatements ? "pg_stat_statements" : "",
        };
        foreach (var (name, value) in options.Settings)
        {
            settings[name] = value;
        }

        return settings.SelectMany(setting => new[] { "-c", $"{setting.Key}={setting.Value}" });
    }

    /// <summary>False where the server ended instead, for example because another program took the port first.</summary>
    private async Task<bool> BecomeReadyAsync(ThrowAwayPostgresOptions options, bool withStatements, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        // A busy machine takes its time; a server that cannot start ends.
        patience.CancelAfter(TimeSpan.FromMinutes(2));
        var administration = ConnectionStringFor(PostgresTemplate.Superuser, password, "postgres") + ";Pooling=false;Timeout=60";
        while (!server.HasExited)
        {
            try
            {
                await using var connection = new NpgsqlConnection(administration);
                await connection.OpenAsync(patience.Token);
                if (options.Standby)
                {
                    return true;
                }

                await using var create = new NpgsqlCommand($"CREATE DATABASE \"{Database}\"", connection);
                await create.ExecuteNonQueryAsync(patience.Token);
                if (withStatements)
                {
                    await ExecuteAsync("CREATE EXTENSION pg_stat_statements", patience.Token);
                }

                return true;
            }
            catch (NpgsqlException exception) when (exception is PostgresException { SqlState: PostgresErrorCodes.CannotConnectNow }
                or { InnerException: SocketException })
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), patience.Token);
            }
        }

        return false;
    }
}
