using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using StackExchange.Redis;

namespace MalariaIncident.Engine.Redis;

/// <summary>
/// The first words with a server, spoken before the client library speaks: connect, TLS, AUTH, PING. The library reports a closed port, a frozen server,
/// a wrong port and a TLS mismatch with one and the same sentence after seconds; an operator has to know which of them it is.
/// </summary>
internal static class Knock
{
    private const int LongestLine = 512;

    /// <summary>Returns when the server answers commands; CacheUnreachable, CacheTimeout, CacheUntrusted, CacheUnauthenticated, CacheRefused, CacheAnswerInvalid otherwise.</summary>
    public static async Task KnockAsync(EndPoint endPoint, ConfigurationOptions options, TimeSpan patience, TimeProvider clock, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        var server = ServerLine.Of(endPoint);
        var doing = "take the connection";
        try
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            // Name resolution does not always heed its token, so the wait itself does.
            await socket.ConnectAsync(endPoint, either.Token).AsTask().WaitAsync(either.Token);
            await using var plain = new NetworkStream(socket);
            doing = options.Ssl ? "answer the TLS handshake" : "answer";
            await using Stream stream = options.Ssl ? await SecureAsync(plain, endPoint, options, server, either.Token) : plain;
            doing = "answer";
            await ConverseAsync(stream, options, server, either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            var hint = options.Ssl && doing.Contains("TLS", StringComparison.Ordinal) ? " It may speak plain Redis on this port." : "";
            throw new IncidentException(
                doing == "take the connection" ? FailureKind.CacheUnreachable : FailureKind.CacheTimeout,
                $"The cache {server} did not {doing} within {patience.TotalSeconds:0.###} s.{hint}",
                server);
        }
        catch (SocketException failure)
        {
            throw Unreachable(server, failure.SocketErrorCode, options.Ssl);
        }
        catch (IOException failure)
        {
            throw Unreachable(server, (failure.InnerException as SocketException)?.SocketErrorCode ?? SocketError.ConnectionReset, options.Ssl);
        }
    }

    private static async Task<SslStream> SecureAsync(Stream plain, EndPoint endPoint, ConfigurationOptions options, string server, CancellationToken cancellationToken)
    {
        string? complaint = null;
        var name = options.SslHost ?? (endPoint as DnsEndPoint)?.Host ?? (endPoint as IPEndPoint)?.Address.ToString() ?? "";
        var stream = new SslStream(plain, leaveInnerStreamOpen: false, (_, _, chain, errors) =>
        {
            complaint = errors == SslPolicyErrors.None ? null : Complaint(errors, chain, name);
            return complaint is null;
        });
        try
        {
            await stream.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions { TargetHost = name, EnabledSslProtocols = options.SslProtocols ?? SslProtocols.None }, cancellationToken);
            return stream;
        }
        catch (AuthenticationException)
        {
            await stream.DisposeAsync();
            throw complaint is null
                ? new IncidentException(FailureKind.CacheAnswerInvalid, $"The cache {server} did not speak TLS: the port may be for plain Redis, or the server asks for a client certificate.", server)
                : new IncidentException(FailureKind.CacheUntrusted, $"The cache {server} shows a certificate {complaint}.", server);
        }
        catch (IOException)
        {
            await stream.DisposeAsync();
            throw new IncidentException(FailureKind.CacheAnswerInvalid, $"The cache {server} cut the TLS handshake: the port may be for plain Redis, or the server asks for a client certificate.", server);
        }
    }

    private static string Complaint(SslPolicyErrors errors, X509Chain? chain, string name)
    {
        var status = (chain?.ChainStatus ?? []).Aggregate(X509ChainStatusFlags.NoError, (all, one) => all | one.Status);
        if (status.HasFlag(X509ChainStatusFlags.NotTimeValid))
        {
            return "that has expired, or is not valid yet";
        }

        return errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch)
            ? $"for another name than {name}"
            : "that no authority trusted by this machine has signed";
    }

    private static async Task ConverseAsync(Stream stream, ConfigurationOptions options, string server, CancellationToken cancellationToken)
    {
        if (!string.IsNullOrEmpty(options.Password))
        {
            string[] auth = string.IsNullOrEmpty(options.User) ? ["AUTH", options.Password] : ["AUTH", options.User, options.Password];
            var answer = await SayAsync(stream, auth, cancellationToken);
            // A server without a password complains about one that was sent and serves all the same, as the client library takes it too.
            if (answer.StartsWith("-WRONGPASS", StringComparison.Ordinal) || Refusal.Of(answer) is not null)
            {
                throw Refusal.Tell(server, answer, sentPassword: true, options.Ssl);
            }
        }

        var pong = await SayAsync(stream, ["PING"], cancellationToken);
        // A server that cannot save refuses even PING with MISCONF, and still tells by INFO what is wrong.
        if (!pong.StartsWith("+PONG", StringComparison.Ordinal) && !pong.StartsWith("-MISCONF", StringComparison.Ordinal))
        {
            throw Refusal.Tell(server, pong, !string.IsNullOrEmpty(options.Password), options.Ssl);
        }
    }

    private static async Task<string> SayAsync(Stream stream, string[] words, CancellationToken cancellationToken)
    {
        var command = new StringBuilder($"*{words.Length}\r\n");
        foreach (var word in words)
        {
            command.Append('$').Append(Encoding.UTF8.GetByteCount(word)).Append("\r\n").Append(word).Append("\r\n");
        }

        var line = new List<byte>(64);
        var one = new byte[1];
        try
        {
            await stream.WriteAsync(Encoding.UTF8.GetBytes(command.ToString()), cancellationToken);
            await stream.FlushAsync(cancellationToken);
        }
        catch (IOException)
        {
            // A server that is full or protected says so and closes without listening; what it said can still be read.
        }

        while (line.Count < LongestLine && await stream.ReadAsync(one, cancellationToken) == 1 && one[0] != '\n')
        {
            line.Add(one[0]);
            if (line[0] == Refusal.TlsRecord)
            {
                break;
            }
        }

        return Encoding.Latin1.GetString([.. line]).TrimEnd('\r');
    }

    private static IncidentException Unreachable(string server, SocketError error, bool tls) => new(
        FailureKind.CacheUnreachable,
        error switch
        {
            SocketError.ConnectionRefused => $"The cache {server} refused the connection: nothing listens there, the server is down.",
            SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain or SocketError.NoRecovery => $"The cache {server} cannot be asked: its host name does not resolve.",
            SocketError.HostUnreachable or SocketError.NetworkUnreachable => $"The cache {server} cannot be reached from here: there is no route to it.",
            SocketError.TimedOut => $"The cache {server} did not take the connection in time.",
            _ => $"The cache {server} cut the connection before it answered{(tls ? "." : "; it may expect TLS.")}",
        },
        server);
}
