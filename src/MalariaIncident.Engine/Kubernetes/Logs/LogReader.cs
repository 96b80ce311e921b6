using System.Text;
using System.Threading.Channels;
using MalariaIncident.Engine.Text;

namespace MalariaIncident.Engine.Kubernetes.Logs;

/// <summary>Reads one log and passes on the lines that are wanted.</summary>
internal sealed class LogReader(WorkloadLogs workload, LogLines lines, LogOptions options, TimeSpan timeout)
{
    // Brackets alone are what loggers put around their levels.
    private readonly Wildcard? _pattern = string.IsNullOrEmpty(options.Pattern) ? null
        : options.Pattern.AsSpan().ContainsAny('*', '?') ? new(options.Pattern) : Wildcard.Anywhere(options.Pattern);

    /// <summary>Reads to the end, or while followed until cancelled; goes on after the place where there is one. What breaks is thrown.</summary>
    public async Task ReadAsync(LogSource source, ChannelWriter<LogItem> wanted, CancellationToken cancellationToken, LogPlace? place = null)
    {
        var follow = options.Follow && !source.Previous;
        var after = place?.Last;
        await using var blocks = new LogBlocks(
            await (after is { } read ? workload.OpenAgainAsync(source, read, cancellationToken) : workload.OpenAsync(source, options.Since, options.Tail, follow, cancellationToken)),
            follow ? null : timeout);
        DateTimeOffset? last = null;
        while (await blocks.NextAsync(cancellationToken) is { } block)
        {
            for (var at = 0; at < block.Length;)
            {
                if (Next(source, block.Span, ref at, ref last) is { } line && !(last <= after))
                {
                    await wanted.WriteAsync(new LogItem(line), cancellationToken);
                }

                if (place is not null)
                {
                    place.Last = last > place.Last || place.Last is null ? last : place.Last;
                }
            }
        }
    }

    private LogLine? Next(LogSource source, ReadOnlySpan<byte> block, ref int at, ref DateTimeOffset? last)
    {
        var rest = block[at..];
        var newline = rest.IndexOf((byte)'\n');
        var line = newline < 0 ? rest : rest[..newline];
        at += line.Length + 1;
        last = StampedLine.Take(line, out var text) ?? last;
        var level = LogLevels.Of(text);
        return level >= options.MinimumLevel && _pattern?.Matches(Encoding.UTF8.GetString(text)) != false
            ? lines.Read(source, last, level, text)
            : null;
    }
}
