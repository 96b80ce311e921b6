using System.Globalization;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MalariaIncident.Engine.Kubernetes.Rollouts;

namespace MalariaIncident.Engine.Kubernetes;

/// <summary>
/// The conversation of an exec: a WebSocket whose messages begin with the number of their channel.
/// </summary>
internal static class ExecChannel
{
    private const byte Output = 1, Error = 2, Status = 3;
    private const int LongestStream = 64 * 1024;
    private static readonly string[] Protocols = ["v5.channel.k8s.io", "v4.channel.k8s.io"];

    public static async Task<ExecAnswer> RunAsync(HttpClient http, string path, CancellationToken cancellationToken)
    {
        try
        {
            using var socket = await ChannelSocket.OpenAsync(http, path, Protocols, cancellationToken);
            return await ListenAsync(socket, cancellationToken);
        }
        catch (WebSocketException broken)
        {
            throw new IOException("the connection to the container was cut", broken);
        }
    }

    private static async Task<ExecAnswer> ListenAsync(ClientWebSocket socket, CancellationToken cancellationToken)
    {
        using MemoryStream output = new(), error = new(), status = new();
        var buffer = new byte[16 * 1024];
        MemoryStream? current = null;
        var begins = true;
        while (true)
        {
            var part = await socket.ReceiveAsync(buffer.AsMemory(), cancellationToken);
            if (part.MessageType == WebSocketMessageType.Close)
            {
                break;
            }

            var data = buffer.AsMemory(0, part.Count);
            if (begins && data.Length > 0)
            {
                current = data.Span[0] switch { Output => output, Error => error, Status => status, _ => null };
                data = data[1..];
            }

            begins = part.EndOfMessage;
            if (current is not null && current.Length < LongestStream)
            {
                current.Write(data.Span);
            }
        }

        return Read(output, error, status);
    }

    private static ExecAnswer Read(MemoryStream output, MemoryStream error, MemoryStream status)
    {
        JsonNode? end = null;
        try
        {
            end = status.Length > 0 ? JsonNode.Parse(status.ToArray()) : null;
        }
        catch (JsonException)
        {
            // Cut off: as if the end had not been told.
        }

        var told = end.Items("details", "causes").FirstOrDefault(cause => cause.Text("reason") == "ExitCode").Text("message");
        int? code = end.Text("status") == "Success" ? 0
            : int.TryParse(told, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) ? number : null;
        return new ExecAnswer(Text(output), Text(error), code, end.Text("message") ?? (code == 0 ? "" : "the connection ended before the program did"));
    }

    private static string Text(MemoryStream stream) => Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
}
