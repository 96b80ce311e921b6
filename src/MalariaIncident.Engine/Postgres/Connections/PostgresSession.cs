using System.Collections.Concurrent;
using System.Globalization;
using MalariaIncident.Engine.Mitigations;
using MalariaIncident.Engine.Text;
using Npgsql;

namespace MalariaIncident.Engine.Postgres.Connections;

/// <summary>What a connection is opened for.</summary>
internal enum SessionUse
{
    /// <summary>One read-only transaction with timeouts of its own: everything in it is of one moment.</summary>
    Read,
    /// <summary>A statement at a time, to signal and to look again; refused behind a pooler.</summary>
    Signal,
}

/// <summary>One connection that keeps its deadline, whatever the server does.</summary>
internal sealed class PostgresSession : IAsyncDisposable
{
    private static readonly TimeSpan Farewell = TimeSpan.FromMilliseconds(500);

    private readonly NpgsqlConnectionStringBuilder _settings;
    private readonly NpgsqlDataSource _source;
    private readonly SeenEncryption _encryption = new();
    private readonly Deadline _deadline;
    private readonly PostgresFailures _failures;
    private readonly PodRoute? _route;
    private NpgsqlConnection? _connection;
    private Task _abandoned = Task.CompletedTask;

    /// <param name="settings">What to connect to.</param>
    /// <param name="route">The way there, which belongs to the session from now on; null where it is direct.</param>
    /// <param name="deadline">For all that happens in it, unless a call brings its own.</param>
    public PostgresSession(ConnectionSettings settings, PodRoute? route, Deadline deadline)
    {
        _settings = settings.Builder;
        _route = route;
        _deadline = deadline;
        _failures = new(route?.Server ?? ServerName(_settings.Host!, _settings.Port), _settings.Username!, _settings.Database!);
        try
        {
            var source = new NpgsqlDataSourceBuilder(Address().ConnectionString);
            // The certificate is the server's, whatever way leads there.
            _encryption.Watch(source, acceptsAny: !settings.SslModeGiven, route is null ? null : _settings.Host);

            // Only built-in types are used, and loading the others costs a round trip.
            source.ConfigureTypeLoading(types => types.EnableTypeLoading(false));
            _source = source.Build();
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException or InvalidOperationException)
        {
            throw ConnectionText.Invalid("The connection string has settings that do not go together.");
        }
    }

    public ServerFacts Facts { get; private set; } = null!;

    /// <summary><c>host:port</c> of the server that answered.</summary>
    public string Server { get; private set; } = "";

    public string Encryption => _route is null ? _encryption.Describe(_settings) : $"Kubernetes API, inside it {_encryption.Describe(_settings)}";

    /// <summary>True where a pooler stands between: the process id in the protocol's greeting is not the one that the server knows.</summary>
    public bool IsThroughPooler { get; private set; }

    public async Task OpenAsync(SessionUse use, CancellationToken stop)
    {
        try
        {
            await HoldAsync(async token =>
            {
                _connection = await _source.OpenConnectionAsync(token);
                return true;
            }, _deadline, stop);
            // A socket's name has no port of its own, and of several hosts only the connection knows which answered.
            Server = _route is not null ? _route.Server
                : _connection!.Host is { } host ? ServerName(host, _connection.Port) : ServerName(_settings.Host!, _settings.Port);
            RefuseOtherServers();
            Facts = (await RunAsync($"{Preamble(use)} {ServerFacts.Query};{(use == SessionUse.Signal ? " COMMIT" : "")}", _ => { }, ServerFacts.Read, _deadline, stop)).Single();
            IsThroughPooler = Facts.BackendProcessId != _connection!.ProcessID;
            if (use == SessionUse.Signal)
            {
                RefusePooler();
            }
        }
        catch
        {
            await DisposeAsync();
            throw;
        }
    }

    /// <summary>DatabaseThroughPooler where a signal would not reach whom it is meant for.</summary>
    public void RefusePooler()
    {
        if (IsThroughPooler)
        {
            throw new IncidentException(
                FailureKind.DatabaseThroughPooler,
                $"{Server} is a connection pooler: process ids seen through it are not the server's, and a signal could hit another query. Nothing was sent.",
                Server);
        }
    }

    /// <summary>All rows of a query. Every failure is an IncidentException, except the operator's own stop.</summary>
    public Task<IReadOnlyList<T>> QueryAsync<T>(string sql, Action<NpgsqlParameterCollection> bind, Func<NpgsqlDataReader, T> map, CancellationToken stop) =>
        RunAsync(sql, bind, map, _deadline, stop);

    /// <summary>The same under another deadline than the session's.</summary>
    public Task<IReadOnlyList<T>> QueryAsync<T>(string sql, Action<NpgsqlParameterCollection> bind, Func<NpgsqlDataReader, T> map, Deadline deadline, CancellationToken stop) =>
        RunAsync(sql, bind, map, deadline, stop);

    /// <summary>
    /// One statement for a few, each by itself, in one round trip and one transaction. After an error the later ones are not executed. What was answered
    /// stands in <paramref name="answers"/> even when this throws: by index, null for no row. What is sent so changes something: not in a read-only process.
    /// </summary>
    public Task SendEachAsync(
        string sql, IReadOnlyList<Action<NpgsqlParameterCollection>> binds, ConcurrentDictionary<int, string?> answers, Deadline deadline, CancellationToken stop)
    {
        ReadOnlyMode.Guard($"What was meant for {Amount.Of(binds.Count, "session")} of {Server}");
        return HoldAsync(
            async token =>
            {
                await using var batch = new NpgsqlBatch(_connection);
                foreach (var bind in binds)
                {
                    var command = new NpgsqlBatchCommand(sql);
                    bind(command.Parameters);
                    batch.BatchCommands.Add(command);
                }

                await using var reader = await batch.ExecuteReaderAsync(token);
                for (var index = 0; index < binds.Count; index++)
                {
                    answers[index] = await reader.ReadAsync(token) ? reader.GetString(0) : null;
                    await reader.NextResultAsync(token);
                }

                return true;
            },
            deadline,
            stop);
    }

    public async ValueTask DisposeAsync()
    {
        var closing = CloseAsync(_abandoned);
        await Task.WhenAny(closing, Task.Delay(Farewell));
    }

    private async Task CloseAsync(Task unfinished)
    {
        // A connection that is still at work cannot be closed; on a frozen server that is long after everyone has gone home.
        await unfinished;
        try
        {
            if (_connection is not null)
            {
                await _connection.DisposeAsync();
            }

            await _source.DisposeAsync();
            if (_route is not null)
            {
                await _route.DisposeAsync();
            }
        }
        catch (Exception exception) when (exception is NpgsqlException or IOException or InvalidOperationException)
        {
            // It was broken already, and nobody uses it any more.
        }
    }

    private Task<IReadOnlyList<T>> RunAsync<T>(
        string sql, Action<NpgsqlParameterCollection> bind, Func<NpgsqlDataReader, T> map, Deadline deadline, CancellationToken stop) => HoldAsync<IReadOnlyList<T>>(
        async token =>
        {
            var rows = new List<T>();
            await using var command = new NpgsqlCommand(sql, _connection);
            bind(command.Parameters);
            await using var reader = await command.ExecuteReaderAsync(token);
            do
            {
                while (await reader.ReadAsync(token))
                {
                    rows.Add(map(reader));
                }
            }
            while (await reader.NextResultAsync(token));

            return rows;
        },
        deadline,
        stop);

    private async Task<T> HoldAsync<T>(Func<CancellationToken, Task<T>> work, Deadline deadline, CancellationToken stop)
    {
        try
        {
            return await deadline.HoldAsync(work, unfinished => _abandoned = unfinished, stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception exception) when (exception is NpgsqlException or TimeoutException or IOException or InvalidOperationException or ArgumentException
            or System.Net.Sockets.SocketException or System.Security.Authentication.AuthenticationException or OperationCanceledException)
        {
            throw exception is PostgresException ? _failures.Of(exception, deadline.Limit) : _route?.Failure ?? _failures.Of(exception, deadline.Limit);
        }
    }

    private void RefuseOtherServers()
    {
        if (_connection!.ServerVersion.Contains("bouncer", StringComparison.OrdinalIgnoreCase))
        {
            throw new IncidentException(
                FailureKind.DatabaseThroughPooler,
                $"{Server} answers as the administration console of PgBouncer, which is not a database.",
                Server,
                advice: "Name the application's database in the connection string instead of 'pgbouncer'.");
        }

        if (_connection.PostgreSqlVersion.Major < ServerFacts.OldestMajor)
        {
            throw new IncidentException(
                FailureKind.DatabaseAnswerInvalid,
                $"{Server} is version {_connection.PostgreSqlVersion}; {ServerFacts.OldestMajor} or newer is needed.",
                Server);
        }
    }

    /// <summary>
    /// Settings of our own in place of the role's, which may be none or may be hours; a statement that we leave behind ends by itself. LOCAL,
    /// because a pooler would hand other settings on to the next client. READ COMMITTED, because a standby refuses a role's SERIALIZABLE.
    /// </summary>
    private string Preamble(SessionUse use)
    {
        var milliseconds = ((int)_deadline.Limit.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
        return use == SessionUse.Read
            ? $"""
               BEGIN TRANSACTION ISOLATION LEVEL READ COMMITTED READ ONLY;
               SET LOCAL statement_timeout = {milliseconds};
               SET LOCAL lock_timeout = {milliseconds};
               SET LOCAL idle_in_transaction_session_timeout = {milliseconds};
               SET LOCAL search_path = pg_catalog;
               """
            : $"""
               BEGIN TRANSACTION ISOLATION LEVEL READ COMMITTED;
               SET default_transaction_isolation = 'read committed';
               SET default_transaction_read_only = on;
               SET statement_timeout = {milliseconds};
               SET lock_timeout = {milliseconds};
               SET search_path = pg_catalog;
               """;
    }

    private NpgsqlConnectionStringBuilder Address() => _route is null
        ? _settings
        : new(_settings.ConnectionString) { Host = _route.Host, Port = _route.Port, TargetSessionAttributes = null };

    private static string ServerName(string host, int port) =>
        host.Contains(',', StringComparison.Ordinal) ? host
        : host.Contains(':', StringComparison.Ordinal) && !host.StartsWith('[') ? $"[{host}]:{port}"
        : $"{host}:{port}";
}
