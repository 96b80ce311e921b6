using System.Net.Sockets;
using System.Security.Authentication;
using Npgsql;

namespace MalariaIncident.Engine.Postgres.Connections;

/// <summary>Npgsql's and the server's errors as ours. No inner exceptions: some carry the connection they came from.</summary>
internal sealed class PostgresFailures(string server, string user, string database)
{
    public IncidentException Of(Exception exception, TimeSpan limit) => exception switch
    {
        IncidentException failure => failure,
        PostgresException refusal => OfServer(refusal, limit),
        TimeoutException => TimedOut(limit),
        NpgsqlException { InnerException: TimeoutException } => TimedOut(limit),
        _ when Cause<AuthenticationException>(exception) is not null => new(
            FailureKind.DatabaseUntrusted, $"The TLS certificate of {server} was not accepted: {Cause<AuthenticationException>(exception)!.Message}", server),
        _ when Cause<SocketException>(exception) is { } socket => new(
            FailureKind.DatabaseUnreachable, $"{server} cannot be reached: {Reason(socket)}.", server),
        NpgsqlException missing when missing.Message.Contains("password", StringComparison.OrdinalIgnoreCase) => new(
            FailureKind.DatabaseUnauthenticated, $"{server} asks for a password of '{user}', and none was given.", server,
            advice: "Put it into the connection string, PGPASSWORD, or the password file (~/.pgpass), or use a reference to a secret."),
        NpgsqlException tls when tls.Message.Contains("SSL", StringComparison.Ordinal) => new(
            FailureKind.DatabaseUntrusted, $"{server} does not offer the TLS that the connection asks for.", server),
        _ when Cause<IOException>(exception) is not null => new(
            FailureKind.DatabaseUnreachable, $"{server} closed the connection.", server),
        NpgsqlException { IsTransient: true } => new(FailureKind.DatabaseUnreachable, $"The connection to {server} was lost.", server),
        ArgumentException => ConnectionText.Invalid("The connection string has settings that do not go together."),
        _ => new(FailureKind.DatabaseUnreachable, $"Talking to {server} failed ({exception.GetType().Name}).", server),
    };

    /// <summary>True where trying a read once more on a new connection makes sense.</summary>
    public static bool IsLostConnection(IncidentException failure) => failure.Kind == FailureKind.DatabaseUnreachable;

    private IncidentException OfServer(PostgresException refusal, TimeSpan limit) => refusal.SqlState switch
    {
        PostgresErrorCodes.InvalidPassword => new(
            FailureKind.DatabaseUnauthenticated, $"{server} refused the password of '{user}'.", server),
        PostgresErrorCodes.InvalidAuthorizationSpecification => new(
            FailureKind.DatabaseUnauthenticated, $"{server} refused the login of '{user}' to '{database}': {refusal.MessageText}.", server),
        PostgresErrorCodes.InvalidCatalogName => new(
            FailureKind.ConnectionStringInvalid, $"There is no database '{database}' on {server}.", database, advice: "Correct the database name of the connection string."),
        PostgresErrorCodes.InsufficientPrivilege => new(
            FailureKind.DatabaseForbidden, $"{server} does not allow this to '{user}': {refusal.MessageText}.", server),
        PostgresErrorCodes.QueryCanceled => TimedOut(limit),
        PostgresErrorCodes.LockNotAvailable => new(
            FailureKind.DatabaseTimeout, $"{server} did not give a lock of its catalog in time.", server),
        PostgresErrorCodes.TooManyConnections => new(
            FailureKind.DatabaseRefused, $"{server} has no connection left for '{user}': {refusal.MessageText}.", server,
            advice: "Connect as a superuser, for whom superuser_reserved_connections are kept free, or let the application give some back."),
        PostgresErrorCodes.CannotConnectNow or PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown => new(
            FailureKind.DatabaseUnreachable, $"{server} takes no work now: {refusal.MessageText}.", server),
        _ => new(FailureKind.DatabaseRefused, $"{server} refused: {refusal.MessageText} (SQLSTATE {refusal.SqlState}).", server),
    };

    private IncidentException TimedOut(TimeSpan limit) => new(
        FailureKind.DatabaseTimeout, $"{server} did not answer within {limit.TotalSeconds:0.#} s.", server);

    private static string Reason(SocketException socket) => socket.SocketErrorCode switch
    {
        SocketError.ConnectionRefused => "nothing listens there (connection refused)",
        SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain => "the host name is not known",
        SocketError.HostUnreachable or SocketError.NetworkUnreachable => "there is no route to it",
        SocketError.TimedOut => "the connection attempt timed out",
        SocketError.ConnectionReset or SocketError.ConnectionAborted => "the connection was cut",
        _ => socket.SocketErrorCode.ToString(),
    };

    private static T? Cause<T>(Exception? exception)
        where T : Exception
    {
        for (; exception is not null; exception = exception is AggregateException many ? many.InnerExceptions[0] : exception.InnerException)
        {
            if (exception is T found)
            {
                return found;
            }
        }

        return null;
    }
}
