using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Npgsql;

namespace MalariaIncident.Sandbox.Kubernetes.Requests;

/// <summary>
/// What MalariaIncident's probe sees from inside a pod: the address and the credentials are the pod's, the network is this machine's. The script
/// itself is recognised and not run.
/// </summary>
internal sealed class DependencyProbe
{
    private const string FirstLine = "# Probe of MalariaIncident:";
    /// <summary>A network policy that lets nothing out of the application's pods.</summary>
    public bool IsCutOff { get; set; }

    public static bool Recognises(string[] command) => command is ["python3", "-c", var script, _, _, _, _] && script.StartsWith(FirstLine, StringComparison.Ordinal);

    public async Task<(string Output, string Error, int Code)> RunAsync(string[] command, IReadOnlyDictionary<string, string> variables, CancellationToken cancellationToken)
    {
        var (kind, own, given) = (command[3], variables.GetValueOrDefault(command[4]), command[5]);
        var source = string.IsNullOrEmpty(own) ? "address" : "variable";
        if (!Uri.TryCreate(source == "variable" ? own : given, UriKind.Absolute, out var url) || url.Host.Length == 0) return Say("unknown", "", source, "no address");
        var port = url.Port > 0 ? url.Port : url.Scheme.StartsWith("redis", StringComparison.Ordinal) ? 6379 : 5432;
        var (state, detail) = IsCutOff ? ("timeout", "TimeoutError") : await AskAsync(kind, url, port, TimeSpan.FromSeconds(int.Parse(command[6], CultureInfo.InvariantCulture)), cancellationToken);
        return Say(state, $"{url.Host}:{port}", source, detail);
    }

    private static (string, string, int) Say(string state, string place, string source, string detail) =>
        (string.Join('\t', "malaria-incident", state, place, source, detail) + "\n", "", state == "up" ? 0 : 1);

    private static async Task<(string State, string Detail)> AskAsync(string kind, Uri url, int port, TimeSpan patience, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(patience);
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(url.Host, port, deadline.Token);
            return kind switch
            {
                "External" when url.Scheme != "tcp" => await AskWebAsync(url, deadline.Token),
                "Cache" => await AskCacheAsync(client.GetStream(), url, deadline.Token),
                "Database" => await AskDatabaseAsync(url, port, patience, deadline.Token),
                _ => ("up", "takes connections"),
            };
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return ("timeout", "TimeoutError");
        }
        catch (SocketException failure)
        {
            return failure.SocketErrorCode switch
            {
                SocketError.ConnectionRefused => ("refused", "ConnectionRefusedError"),
                SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData => ("unresolved", "gaierror"),
                _ => ("unroutable", "OSError"),
            };
        }
        catch (Exception failure) when (failure is IOException or HttpRequestException)
        {
            return ("lost", "ConnectionResetError");
        }
    }

    private static async Task<(string, string)> AskWebAsync(Uri url, CancellationToken cancellationToken)
    {
        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        using var answer = await client.GetAsync(url, cancellationToken);
        var code = (int)answer.StatusCode;
        return (code is >= 200 and < 400 ? "up" : answer.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden ? "credentials" : "failing", $"answered {code}");
    }

    private static async Task<(string, string)> AskCacheAsync(NetworkStream stream, Uri url, CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(stream, Encoding.Latin1);
        if (url.UserInfo.Split(':', 2) is [_, var word])
        {
            var password = Uri.UnescapeDataString(word);
            await stream.WriteAsync(Encoding.UTF8.GetBytes($"*2\r\n$4\r\nAUTH\r\n${Encoding.UTF8.GetByteCount(password)}\r\n{password}\r\n"), cancellationToken);
            if ((await reader.ReadLineAsync(cancellationToken))?.StartsWith("-WRONGPASS", StringComparison.Ordinal) == true) return ("credentials", "AUTH was refused");
        }
        await stream.WriteAsync("*1\r\n$4\r\nPING\r\n"u8.ToArray(), cancellationToken);
        var answer = await reader.ReadLineAsync(cancellationToken) ?? "";
        return answer.StartsWith("+PONG", StringComparison.Ordinal) ? ("up", "answers PING")
            : answer.StartsWith("-NOAUTH", StringComparison.Ordinal) ? ("credentials", "asks for a password, and there is none to send")
            : ("failing", $"answers PING with {answer.Split(' ')[0]}");
    }

    private static async Task<(string, string)> AskDatabaseAsync(Uri url, int port, TimeSpan patience, CancellationToken cancellationToken)
    {
        var login = url.UserInfo.Split(':', 2).Select(Uri.UnescapeDataString).ToList();
        if (login[0].Length == 0) return ("up", "speaks PostgreSQL; no login was tried");
        var text = new NpgsqlConnectionStringBuilder
        {
            Host = url.Host, Port = port, Username = login[0], Password = login.ElementAtOrDefault(1), Database = url.AbsolutePath.Trim('/'), Pooling = false, Timeout = (int)patience.TotalSeconds,
        };
        try
        {
            await using var connection = new NpgsqlConnection(text.ConnectionString);
            await connection.OpenAsync(cancellationToken);
            return ("up", $"let {login[0]} in");
        }
        catch (PostgresException refusal)
        {
            return (refusal.SqlState.StartsWith("28", StringComparison.Ordinal) ? "credentials" : "failing", $"refused the login of {login[0]} (SQLSTATE {refusal.SqlState})");
        }
        catch (NpgsqlException)
        {
            return ("lost", "closed the connection during login");
        }
    }
}
