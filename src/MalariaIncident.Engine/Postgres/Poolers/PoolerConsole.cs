using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using MalariaIncident.Engine.Mitigations;
using MalariaIncident.Engine.Postgres.Connections;
using MalariaIncident.Engine.Text;

namespace MalariaIncident.Engine.Postgres.Poolers;

/// <summary>
/// The administration console of one PgBouncer. A small client of its own, because the console takes the simple query protocol only ("extended query protocol not supported by
/// admin console"): Npgsql sends everything that a caller can reach by the extended one, except over replication connections, which consoles before 1.23 refuse.
/// </summary>
internal sealed class PoolerConsole : IAsyncDisposable
{
    private const string Database = "pgbouncer";
    private const byte Query = (byte)'Q';
    private const string Question = "SHOW ";

    private readonly ConsoleWire _wire;
    private readonly ConsoleAddress _address;

    private PoolerConsole(ConsoleWire wire, ConsoleAddress address)
    {
        _wire = wire;
        _address = address;
    }

    public string Server => _address.Server;

    /// <summary>How the connection is protected.</summary>
    public string Encryption { get; private set; } = "none";

    /// <summary>DatabaseUnreachable, DatabaseTimeout, DatabaseUntrusted, DatabaseUnauthenticated, DatabaseAnswerInvalid.</summary>
    public static Task<PoolerConsole> OpenAsync(ConsoleAddress address, Deadline deadline, CancellationToken stop) => HoldAsync(
        address,
        async token =>
        {
            var console = new PoolerConsole(new(await address.ConnectAsync(token)), address);
            try
            {
                await console.SecureAsync(token);
                await console.LogInAsync(token);
                return console;
            }
            catch
            {
                await console.DisposeAsync();
                throw;
            }
        },
        deadline,
        stop);

    /// <summary>Rows of a command, by column; none for what is no question, which a read-only process does not say. DatabaseForbidden, DatabaseRefused.</summary>
    public Task<IReadOnlyList<IReadOnlyDictionary<string, string?>>> AskAsync(string command, Deadline deadline, CancellationToken stop)
    {
        if (!command.StartsWith(Question, StringComparison.Ordinal))
        {
            ReadOnlyMode.Guard($"{command} to {Server}");
        }

        return HoldAsync(_address, token => RunAsync(command, token), deadline, stop);
    }

    /// <summary>No farewell: a console that waits for an answer would not read it.</summary>
    public ValueTask DisposeAsync() => _wire.Stream.DisposeAsync();

    private async Task SecureAsync(CancellationToken token)
    {
        if (!_address.WantsTls)
        {
            Encryption = _address.Describe(null);
            return;
        }

        if (!await _wire.AskForTlsAsync(token))
        {
            Encryption = _address.NeedsTls
                ? throw new IncidentException(FailureKind.DatabaseUntrusted, $"The console of {Server} does not offer the TLS that the connection asks for.", Server)
                : _address.Describe(null);
            return;
        }

        SslPolicyErrors seen = SslPolicyErrors.None;
        var tls = new SslStream(_wire.Stream);
        await tls.AuthenticateAsClientAsync(_address.Tls((errors, accepted) =>
        {
            seen = errors;
            return accepted;
        }), token);
        _wire.Stream = tls;
        Encryption = _address.Describe(seen);
    }

    private async Task LogInAsync(CancellationToken token)
    {
        await _wire.StartAsync(_address.User, Database, token);
        var login = new ConsoleLogin(_wire, _address.User, _address.Password, Server, _wire.Stream is SslStream || _address.IsPrivate);
        var isPooler = false;
        while (true)
        {
            var message = await _wire.ReceiveAsync(token);
            switch (message.Type)
            {
                case 'R':
                    await login.AnswerAsync(message, token);
                    break;
                case 'S':
                    isPooler |= message.Text() == "server_version" && message.Text().Contains("bouncer", StringComparison.OrdinalIgnoreCase);
                    break;
                case 'E':
                    throw OfServer(message.Fields(), loggingIn: true);
                case 'Z' when isPooler:
                    return;
                case 'Z':
                    throw new IncidentException(
                        FailureKind.DatabaseAnswerInvalid, $"{Server} is not the administration console of a PgBouncer, but a database called '{Database}'.", Server,
                        advice: "Name the pooler's own address, not the server's behind it.");
            }
        }
    }

    private async Task<IReadOnlyList<IReadOnlyDictionary<string, string?>>> RunAsync(string command, CancellationToken token)
    {
        var body = new MemoryStream();
        ConsoleWire.Text(body, command);
        await _wire.SendAsync(Query, body.ToArray(), token);
        string[] columns = [];
        var rows = new List<IReadOnlyDictionary<string, string?>>();
        IncidentException? failure = null;
        while (true)
        {
            var message = await _wire.ReceiveAsync(token);
            switch (message.Type)
            {
                case 'T':
                    columns = [.. Enumerable.Range(0, message.Short()).Select(_ => Column(message))];
                    break;
                case 'D':
                    message.Short();
                    rows.Add(columns.ToDictionary(column => column, _ => message.Value(), StringComparer.Ordinal));
                    break;
                case 'E':
                    failure = OfServer(message.Fields(), loggingIn: false);
                    break;
                case 'Z':
                    return failure is null ? rows : throw failure;
            }
        }
    }

    private static string Column(ConsoleMessage message)
    {
        const int afterName = 18;
        var name = message.Text();
        message.Skip(afterName);
        return name;
    }

    private IncidentException OfServer(Dictionary<char, string> error, bool loggingIn)
    {
        var said = PlainText.OneLine(error.GetValueOrDefault('M', "it did not say why"), 300);
        if (said.Contains("admin access needed", StringComparison.OrdinalIgnoreCase) || (loggingIn && said.Contains("not allowed", StringComparison.OrdinalIgnoreCase)))
        {
            return new(
                FailureKind.DatabaseForbidden, $"The console of {Server} does not let '{_address.User}' do this: {said}.", _address.User,
                advice: "Have the user added to admin_users in pgbouncer.ini (stats_users may only look).");
        }

        return loggingIn
            ? new(FailureKind.DatabaseUnauthenticated, $"The console of {Server} refused the login of '{_address.User}': {said}.", Server)
            : new(FailureKind.DatabaseRefused, $"The console of {Server} refused: {said}.", Server);
    }

    private static async Task<T> HoldAsync<T>(ConsoleAddress address, Func<CancellationToken, Task<T>> work, Deadline deadline, CancellationToken stop)
    {
        try
        {
            return await deadline.HoldAsync(work, _ => { }, stop);
        }
        catch (TimeoutException)
        {
            throw new IncidentException(FailureKind.DatabaseTimeout, $"The console of {address.Server} did not answer within {deadline.Limit.TotalSeconds:0.#} s.", address.Server);
        }
        catch (AuthenticationException untrusted)
        {
            throw new IncidentException(FailureKind.DatabaseUntrusted, $"The TLS certificate of {address.Server} was not accepted: {untrusted.Message}", address.Server);
        }
        catch (Exception nonsense) when (nonsense is InvalidDataException or FormatException)
        {
            throw new IncidentException(FailureKind.DatabaseAnswerInvalid, $"{address.Server} is no PgBouncer: {nonsense.Message.TrimEnd('.')}.", address.Server);
        }
        catch (SocketException broken)
        {
            throw new IncidentException(FailureKind.DatabaseUnreachable, $"The console of {address.Server} cannot be reached: {broken.SocketErrorCode}.", address.Server);
        }
        catch (Exception broken) when (broken is IOException or ObjectDisposedException)
        {
            throw new IncidentException(FailureKind.DatabaseUnreachable, $"The console of {address.Server} closed the connection: {PlainText.OneLine(broken.Message, 200).TrimEnd('.')}.", address.Server);
        }
    }
}
