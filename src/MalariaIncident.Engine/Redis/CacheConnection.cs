using System.Net;
using StackExchange.Redis;

namespace MalariaIncident.Engine.Redis;

/// <summary>One server, connected for reading: the connection knows no command that writes.</summary>
internal sealed class CacheConnection : IAsyncDisposable
{
    /// <summary>A silent server costs 15 s by the library's own defaults.</summary>
    private static readonly TimeSpan DefaultPatience = TimeSpan.FromSeconds(2);

    /// <summary>CLIENT is what the connection names itself by; CLUSTER and CONFIG are left out, so that nothing but this server is spoken to.</summary>
    private static readonly HashSet<string> Reading = ["AUTH", "CLIENT", "ECHO", "HELLO", "INFO", "MEMORY", "PING", "SCAN", "SELECT", "SLOWLOG", "TYPE"];

    private readonly ConnectionMultiplexer connection;
    private readonly TimeSpan patience;

    private CacheConnection(ConnectionMultiplexer connection, EndPoint endPoint, TimeSpan patience)
    {
        this.connection = connection;
        this.patience = patience;
        Server = ServerLine.Of(endPoint);
        Commands = connection.GetServer(endPoint);
    }

    /// <summary><c>host:port</c>.</summary>
    public string Server { get; }

    private IServer Commands { get; }

    /// <summary>Cache… failures, within twice the patience: that is the typed timeout, else 2 s.</summary>
    public static async Task<CacheConnection> OpenAsync(
        EndPoint endPoint, ConfigurationOptions named, TimeSpan? timeout, TimeProvider clock, CancellationToken cancellationToken)
    {
        var allowed = timeout ?? DefaultPatience;
        var server = ServerLine.Of(endPoint);
        if (named.Tunnel is null)
        {
            await Knock.KnockAsync(endPoint, named, allowed, clock, cancellationToken);
        }

        var options = named.Clone();
        options.EndPoints.Clear();
        options.EndPoints.Add(endPoint);
        options.CommandMap = CommandMap.Create(Reading, available: true);
        options.AbortOnConnectFail = true;
        options.AllowAdmin = true; // INFO and SLOWLOG GET count as administration in this library.
        options.ClientName = "MalariaIncident";
        options.ConfigurationChannel = "";
        options.ConnectRetry = 1;
        options.ConnectTimeout = options.SyncTimeout = options.AsyncTimeout = (int)allowed.TotalMilliseconds;
        options.TieBreaker = "";
        try
        {
            var connecting = ConnectionMultiplexer.ConnectAsync(options);
            return new(await connecting.WaitAsync(allowed * 2, clock, cancellationToken), endPoint, allowed);
        }
        catch (RedisConnectionException failure) when (failure.FailureType == ConnectionFailureType.AuthenticationFailure)
        {
            throw Refusal.Tell(server, failure.Message.Contains("NOAUTH", StringComparison.Ordinal) ? "-NOAUTH" : "-WRONGPASS", sentPassword: true, options.Ssl);
        }
        // The library's exceptions may carry its configuration, and that carries the password: none is kept as a cause.
        catch (Exception failure) when (failure is RedisConnectionException or TimeoutException)
        {
            throw new IncidentException(FailureKind.CacheTimeout, $"The cache {server} answered a PING and then did not complete the connection within {allowed.TotalSeconds:0.###} s.", server);
        }
    }

    /// <summary>INFO, all of its default sections.</summary>
    public async Task<CacheInfo> InfoAsync(CancellationToken cancellationToken)
    {
        var info = new CacheInfo((string?)await AskAsync(() => Commands.ExecuteAsync("INFO"), cancellationToken) ?? "");
        return info.IsEmpty
            ? throw new IncidentException(FailureKind.CacheAnswerInvalid, $"The cache {Server} answers INFO with nothing that can be read.", Server)
            : info;
    }

    /// <summary>The newest entries of the slow log.</summary>
    public Task<CommandTrace[]> SlowLogAsync(int count, CancellationToken cancellationToken) => AskAsync(() => Commands.SlowlogGetAsync(count), cancellationToken);

    /// <summary>One command that reads, on one database; errors of the server come back as RedisServerException.</summary>
    public Task<RedisResult> ReadAsync(int database, string command, object[] arguments, CancellationToken cancellationToken) =>
        RawAsync(() => Commands.ExecuteAsync(database, command, arguments, CommandFlags.NoRedirect), cancellationToken);

    /// <summary>
    /// The server's error to one keyed read that finds nothing and harms nothing; null when it was served. MEMORY USAGE, since any other keyed read
    /// counts as a miss in the hit rate that is looked at.
    /// </summary>
    public async Task<string?> KeyedReadErrorAsync(CancellationToken cancellationToken)
    {
        try
        {
            await ReadAsync(0, "MEMORY", ["USAGE", "malaria-incident:probe"], cancellationToken);
            return null;
        }
        catch (RedisServerException failure)
        {
            var word = failure.Message.Contains("MOVED", StringComparison.Ordinal) ? "MOVED" : failure.Message.Split(' ', 2)[0];
            return word == "ERR" ? null : word; // A server that does not know the command has not refused the key.
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        try
        {
            // A frozen server would hold the goodbye up.
            await connection.CloseAsync(allowCommandsToComplete: false).WaitAsync(TimeSpan.FromMilliseconds(500));
        }
        catch (TimeoutException)
        {
            // It goes when the process goes.
        }
    }

    private async Task<T> AskAsync<T>(Func<Task<T>> ask, CancellationToken cancellationToken)
    {
        try
        {
            return await RawAsync(ask, cancellationToken);
        }
        catch (RedisServerException failure)
        {
            throw Refusal.Tell(Server, "-" + failure.Message, sentPassword: false, tls: true);
        }
    }

    private async Task<T> RawAsync<T>(Func<Task<T>> ask, CancellationToken cancellationToken)
    {
        try
        {
            return await ask().WaitAsync(patience + TimeSpan.FromMilliseconds(500), cancellationToken);
        }
        catch (Exception failure) when (failure is TimeoutException or RedisConnectionException)
        {
            throw failure is TimeoutException
                ? new IncidentException(FailureKind.CacheTimeout, $"The cache {Server} took a command and did not answer within {patience.TotalSeconds:0.###} s.", Server)
                : new IncidentException(FailureKind.CacheUnreachable, $"The connection to the cache {Server} was lost while it was read.", Server);
        }
    }
}
