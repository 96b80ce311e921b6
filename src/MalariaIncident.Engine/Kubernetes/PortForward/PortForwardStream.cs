using System.Net.WebSockets;
using System.Text;
using MalariaIncident.Engine.Text;

namespace MalariaIncident.Engine.Kubernetes.PortForward;

/// <summary>
/// One forwarded port as a stream (v4.channel.k8s.io): channel 0 carries its bytes, channel 1 says what went wrong, and the first message of either is the
/// port's number. The library's demultiplexer blocks a thread for every read and swallows channel 1.
/// </summary>
internal sealed class PortForwardStream(ClientWebSocket socket) : Stream
{
    public static readonly string[] Protocols = ["v4.channel.k8s.io"];

    private const byte Data = 0, Error = 1;
    private const int PortNumber = 2;
    private const int LongestError = 500;

    private readonly int[] _toSkip = [PortNumber, PortNumber];
    private readonly byte[] _received = new byte[32 * 1024];
    private readonly StringBuilder _error = new();
    private Memory<byte> _left;
    private byte? _channel;

    public override bool CanRead => true;
    public override bool CanWrite => true;
    public override bool CanSeek => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (_left.IsEmpty)
        {
            if (!await ReceiveAsync(cancellationToken))
            {
                return 0;
            }
        }

        var count = Math.Min(buffer.Length, _left.Length);
        _left[..count].CopyTo(buffer);
        _left = _left[count..];
        return count;
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var message = new byte[buffer.Length + 1];
        message[0] = Data;
        buffer.CopyTo(message.AsMemory(1));
        try
        {
            await socket.SendAsync(message, WebSocketMessageType.Binary, endOfMessage: true, cancellationToken);
        }
        catch (WebSocketException broken)
        {
            throw new IOException("the connection to the cluster's API was cut", broken);
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush()
    {
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            socket.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>Takes the next piece; false at the end.</summary>
    private async Task<bool> ReceiveAsync(CancellationToken cancellationToken)
    {
        ValueWebSocketReceiveResult part;
        try
        {
            part = await socket.ReceiveAsync(_received.AsMemory(), cancellationToken);
        }
        catch (WebSocketException broken)
        {
            throw new IOException("the connection to the cluster's API was cut", broken);
        }

        if (part.MessageType == WebSocketMessageType.Close)
        {
            return _error.Length == 0 ? false : throw new IOException(PlainText.OneLine(_error.ToString(), LongestError));
        }

        var piece = _received.AsMemory(0, part.Count);
        if (_channel is null && piece.Length > 0)
        {
            _channel = piece.Span[0];
            piece = piece[1..];
        }

        Take(piece);
        if (part.EndOfMessage)
        {
            _channel = null;
            if (_error.Length > 0)
            {
                throw new IOException(PlainText.OneLine(_error.ToString(), LongestError));
            }
        }

        return true;
    }

    private void Take(Memory<byte> piece)
    {
        if (_channel is not { } channel || channel > Error)
        {
            return;
        }

        var skipped = Math.Min(_toSkip[channel], piece.Length);
        _toSkip[channel] -= skipped;
        piece = piece[skipped..];
        if (channel == Data)
        {
            _left = piece;
        }
        else if (_error.Length < LongestError)
        {
            _error.Append(Encoding.UTF8.GetString(piece.Span));
        }
    }
}
