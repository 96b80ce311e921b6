using System.Buffers.Binary;
using System.Text;

namespace MalariaIncident.Engine.Postgres.Poolers;

/// <summary>Messages of the PostgreSQL protocol, as far as a console needs them.</summary>
internal sealed class ConsoleWire(Stream stream)
{
    private const int ProtocolVersion = 196608;
    private const int TlsRequest = 80877103;
    private const int LongestMessage = 4 * 1024 * 1024;

    public Stream Stream { get; set; } = stream;

    public async Task<bool> AskForTlsAsync(CancellationToken stop)
    {
        var request = new byte[8];
        BinaryPrimitives.WriteInt32BigEndian(request, request.Length);
        BinaryPrimitives.WriteInt32BigEndian(request.AsSpan(4), TlsRequest);
        await Stream.WriteAsync(request, stop);
        var answer = new byte[1];
        await Stream.ReadExactlyAsync(answer, stop);
        return answer[0] switch
        {
            (byte)'S' => true,
            (byte)'N' => false,
            _ => throw new InvalidDataException("it answers with something that is not the PostgreSQL protocol"),
        };
    }

    public Task StartAsync(string user, string database, CancellationToken stop)
    {
        var body = new MemoryStream();
        Number(body, ProtocolVersion);
        foreach (var word in new[] { "user", user, "database", database, "application_name", "MalariaIncident", "client_encoding", "UTF8", "" })
        {
            Text(body, word);
        }

        return SendAsync(null, body.ToArray(), stop);
    }

    public async Task SendAsync(byte? type, ReadOnlyMemory<byte> body, CancellationToken stop)
    {
        var message = new MemoryStream();
        if (type is { } letter)
        {
            message.WriteByte(letter);
        }

        Number(message, body.Length + sizeof(int));
        message.Write(body.Span);
        await Stream.WriteAsync(message.ToArray(), stop);
        await Stream.FlushAsync(stop);
    }

    public async Task<ConsoleMessage> ReceiveAsync(CancellationToken stop)
    {
        var header = new byte[5];
        await Stream.ReadExactlyAsync(header, stop);
        var length = BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(1)) - sizeof(int);
        if (length is < 0 or > LongestMessage)
        {
            throw new InvalidDataException("it answers with something that is not the PostgreSQL protocol");
        }

        var body = new byte[length];
        await Stream.ReadExactlyAsync(body, stop);
        return new((char)header[0], body);
    }

    public static void Number(Stream target, int number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(bytes, number);
        target.Write(bytes);
    }

    public static void Text(Stream target, string text)
    {
        target.Write(Encoding.UTF8.GetBytes(text));
        target.WriteByte(0);
    }
}
