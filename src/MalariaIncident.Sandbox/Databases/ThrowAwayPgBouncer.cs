using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Npgsql;

namespace MalariaIncident.Sandbox.Databases;

/// <summary>A real PgBouncer on loopback in front of a throw-away server.</summary>
[SuppressMessage("Interoperability", "CA1416", Justification = "TryStartAsync makes none on Windows.")]
public sealed class ThrowAwayPgBouncer : IAsyncDisposable
{
    /// <summary>User who may change things on the console.</summary>
    public const string Administrator = "pooler_admin";
    /// <summary>User who may look at the console.</summary>
    public const string Watcher = "pooler_watcher";

    private readonly string _root;
    private readonly ChildServer _server;
    private readonly ThrowAwayPostgres _behind;

    private ThrowAwayPgBouncer(string root, ChildServer server, int port, string password, ThrowAwayPostgres behind)
    {
        _root = root;
        _server = server;
        _behind = behind;
        Port = port;
        Password = password;
    }

    /// <summary>Port it listens on.</summary>
    public int Port { get; }

    /// <summary>Password of the users of the console.</summary>
    public string Password { get; }

    /// <summary>key=value connection of the administrator to the console.</summary>
    public string Console => ConsoleFor(Administrator);

    /// <summary>key=value connection of an application, through it.</summary>
    public string ConnectionString => new NpgsqlConnectionStringBuilder(_behind.ConnectionString) { Port = Port }.ConnectionString;

    /// <summary>False once the process has ended.</summary>
    public bool IsRunning => !_server.HasExited;

    /// <summary>key=value connection of another user to the console.</summary>
    public string ConsoleFor(string user) => $"host=127.0.0.1 port={Port} user={user} password={Password} dbname=pgbouncer";

    /// <summary>Starts one; null where none is installed.</summary>
    /// <param name="directory">Where its files go.</param>
    /// <param name="behind">The server that it pools connections to.</param>
    /// <param name="settings">Settings other than the usual ones, as in pgbouncer.ini.</param>
    /// <param name="tls">Certificate chain and private key, PEM: clients may use TLS.</param>
    /// <param name="aliases">Further names under which clients find the same database.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    public static async Task<ThrowAwayPgBouncer?> TryStartAsync(
        string directory, ThrowAwayPostgres behind, IReadOnlyDictionary<string, string>? settings = null, (string Certificate, string Key)? tls = null,
        IReadOnlyList<string>? aliases = null, CancellationToken cancellationToken = default)
    {
        if (OperatingSystem.IsWindows() || ExecutablePath.Find("pgbouncer") is not { } program || ServerAccount.Find() is not { } account)
        {
            return null;
        }

        var home = await account.MakeDirectoryAsync(Path.Combine(Path.GetFullPath(directory), $"pgbouncer-{Guid.NewGuid():N}"), cancellationToken);
        var (port, password) = (FreePort.Take(), RandomNumberGenerator.GetHexString(24, lowercase: true));
        await WriteAsync(account, home, port, password, behind, settings, tls, aliases ?? [], cancellationToken);
        var child = ChildServer.Start(account.Command([program, Path.Combine(home, "pgbouncer.ini")]), Path.Combine(home, "pgbouncer.log"), "TERM");
        var pooler = new ThrowAwayPgBouncer(home, child, port, password, behind);
        try
        {
            await pooler.BecomeReadyAsync(cancellationToken);
            return pooler;
        }
        catch
        {
            await pooler.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        try
        {
            Directory.Delete(_root, recursive: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // A folder of the temporary directory that stays behind harms nobody.
        }
    }

    private static async Task WriteAsync(
        ServerAccount account, string home, int port, string password, ThrowAwayPostgres behind, IReadOnlyDictionary<string, string>? settings,
        (string Certificate, string Key)? tls, IReadOnlyList<string> aliases, CancellationToken cancellationToken)
    {
        var server = new NpgsqlConnectionStringBuilder(behind.ConnectionString);
        var all = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["listen_addr"] = "127.0.0.1",
            ["listen_port"] = $"{port}",
            ["unix_socket_dir"] = "",
            ["auth_type"] = "scram-sha-256",
            ["auth_file"] = Path.Combine(home, "users.txt"),
            ["admin_users"] = Administrator,
            ["stats_users"] = Watcher,
            ["pool_mode"] = "transaction",
        };
        if (tls is { } shown)
        {
            (all["client_tls_key_file"], all["client_tls_cert_file"]) = (Path.Combine(home, "server.key"), Path.Combine(home, "server.crt"));
            all["client_tls_sslmode"] = "allow";
            await account.WriteAsync(all["client_tls_cert_file"], shown.Certificate, cancellationToken);
            await account.WriteAsync(all["client_tls_key_file"], shown.Key, cancellationToken);
        }

        foreach (var (name, value) in settings ?? new Dictionary<string, string>())
        {
            all[name] = value;
        }

        await account.WriteAsync(all["auth_file"], string.Concat(
            new[] { (server.Username!, server.Password!), (Administrator, password), (Watcher, password) }.Select(user => $"\"{user.Item1}\" \"{user.Item2}\"\n")), cancellationToken);
        await account.WriteAsync(
            Path.Combine(home, "pgbouncer.ini"),
            "[databases]\n"
                + string.Concat(aliases.Prepend(behind.Database).Select(name =>
                    $"{name} = host=127.0.0.1 port={behind.Port} dbname={behind.Database} user={server.Username} password={server.Password}\n"))
                + "[pgbouncer]\n"
                + string.Concat(all.Select(setting => $"{setting.Key} = {setting.Value}\n")),
            cancellationToken);
    }

    private async Task BecomeReadyAsync(CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(TimeSpan.FromMinutes(1));
        while (true)
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, Port), patience.Token);
                return;
            }
            catch (SocketException) when (!_server.HasExited)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20), patience.Token);
            }
            catch (SocketException refused)
            {
                throw new InvalidOperationException($"PgBouncer did not start: {await ChildServer.LastWordsAsync(Path.Combine(_root, "pgbouncer.log"))}", refused);
            }
        }
    }
}
