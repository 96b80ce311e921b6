using System.Text;
using System.Threading.Channels;
using MalariaIncident.Engine.Text;

namespace MalariaIncident.Engine.Kubernetes.Logs;

/// <summary>Reads one log and passes on the lines that are wanted.</summary>
internal sealed class LogReader(WorkloadLogs workload, LogLines lines, LogOptions options, TimeSpan timeout, TimeProvider clock)
{
    // Brackets alone are what loggers put around their levels.
    private readonly Wildcard? _pattern = string.IsNullOrEmpty(options.Pattern) ? null
        : options.Pattern.AsSpan().ContainsAny('*', '?') ? new(options.Pattern) : Wildcard.Anywhere(options.Pattern);

    /// <summary>Reads to the end, or while followed until cancelled; goes on after the place where it was read before. What breaks is thrown.</summary>
    public async Task ReadAsync(LogSource source, LogPlace place, ChannelWriter<LogItem> wanted, CancellationToken cancellationToken)
    {
        var follow = options.Follow && !source.Previous;
        await using var blocks = new LogBlocks(
            await (place.Open() is { } last
                ? workload.OpenAgainAsync(source, last, follow, cancellationToken)
                : workload.OpenAsync(source, options.Since, options.Tail, follow, cancellationToken)),
            follow ? null : timeout,
            clock);
        while (await blocks.NextAsync(cancellationToken) is { } block)
        {
            for (var at = 0; at < block.Length;)
            {
                var line = Next(source, place, block.Span, ref at);
                if (place.IsTorn)
                {
                    place.IsTorn = false;
                    await wanted.WriteAsync(new LogItem(null, $"The log of {source} was opened again and does not begin where it was left: lines may be missing."), cancellationToken);
                }

                if (line is not null)
                {
                    await wanted.WriteAsync(new LogItem(line), cancellationToken);
                }
            }
        }
    }

    private LogLine? Next(LogSource source, LogPlace place, ReadOnlySpan<byte> block, ref int at)
    {
        var rest = block[at..];
        var newline = rest.IndexOf((byte)'\n');
        var line = newline < 0 ? rest : rest[..newline];
        at += line.Length + 1;
        var text = line;
        var time = place.IsInLine ? null : StampedLine.Take(line, out text);
        if (place.Advance(time, text.Length, newline >= 0) is not { } from)
        {
            return null;
        }

        text = text[from..];
        var level = LogLevels.Of(text);
        return level >= options.MinimumLevel && _pattern?.Matches(Encoding.UTF8.GetString(text)) != false
            ? lines.Read(source, place.Time, level, text)
            : null;
    }
}
