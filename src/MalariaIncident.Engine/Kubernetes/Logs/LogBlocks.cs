namespace MalariaIncident.Engine.Kubernetes.Logs;

/// <summary>
/// A log in blocks of whole lines, so that lines are split and judged in memory that was read once. A line longer than the
/// buffer comes in pieces: memory stays bounded whatever a container writes.
/// </summary>
internal sealed class LogBlocks(Stream stream, TimeSpan? patience, TimeProvider clock) : IAsyncDisposable
{
    private const int Size = 64 * 1024;

    private readonly byte[] _buffer = new byte[Size];
    private int _kept;
    private int _start;
    private bool _ended;

    public long Bytes { get; private set; }

    /// <summary>The next block, ending with a newline but for the very last; null at the end. Valid until the next call. TimeoutException where nothing came.</summary>
    public async ValueTask<ReadOnlyMemory<byte>?> NextAsync(CancellationToken cancellationToken)
    {
        Shift();
        while (!_ended)
        {
            var read = await ReadAsync(cancellationToken);
            if (read == 0)
            {
                _ended = true;
                break;
            }

            var searched = _kept;
            _kept += read;
            Bytes += read;
            var newline = _buffer.AsSpan(searched, read).LastIndexOf((byte)'\n');
            if (newline >= 0 || _kept == Size)
            {
                _start = newline >= 0 ? searched + newline + 1 : _kept;
                return _buffer.AsMemory(0, _start);
            }
        }

        if (_kept == 0)
        {
            return null;
        }

        _start = _kept;
        return _buffer.AsMemory(0, _kept);
    }

    public ValueTask DisposeAsync() => stream.DisposeAsync();

    private void Shift()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _kept - _start).CopyTo(_buffer);
            _kept -= _start;
            _start = 0;
        }
    }

    private async ValueTask<int> ReadAsync(CancellationToken cancellationToken)
    {
        var read = stream.ReadAsync(_buffer.AsMemory(_kept), cancellationToken);
        return read.IsCompletedSuccessfully ? read.Result
            : patience is { } time ? await read.AsTask().WaitAsync(time, clock, cancellationToken)
            : await read;
    }
}
