namespace MalariaIncident.Engine.Kubernetes.Logs;

/// <summary>Counts of one log. Kept per log, so that logs are counted at the same time without waiting for each other.</summary>
internal sealed class ErrorTally(LogSource source, ErrorPeriods periods, LogLevel minimumLevel)
{
    private readonly Dictionary<long, (long Lines, long Errors)> _minutes = [];
    private readonly long[] _levels = new long[Enum.GetValues<LogLevel>().Length];
    private DateTimeOffset? _last;

    public LogSource Source => source;
    public IReadOnlyDictionary<long, (long Lines, long Errors)> Minutes => _minutes;
    public IReadOnlyList<long> Levels => _levels;
    public long Lines { get; private set; }
    public long Errors { get; private set; }
    public long BaselineErrors { get; private set; }
    public long Bytes { get; set; }
    public string? Note { get; set; }

    public void Count(ReadOnlySpan<byte> block, Action<LogLevel, ReadOnlySpan<byte>> onError)
    {
        while (block.Length > 0)
        {
            var newline = block.IndexOf((byte)'\n');
            var line = newline < 0 ? block : block[..newline];
            block = newline < 0 ? [] : block[(newline + 1)..];
            _last = StampedLine.Take(line, out var text) ?? _last;
            var level = LogLevels.Of(text);
            var isError = level >= minimumLevel;
            var time = _last ?? periods.WindowStart;
            var minute = time.UtcTicks / TimeSpan.TicksPerMinute;
            ref var count = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(_minutes, minute, out _);
            count = (count.Lines + 1, count.Errors + (isError ? 1 : 0));
            if (time < periods.WindowStart)
            {
                BaselineErrors += isError && time >= periods.BaselineStart && time < periods.BaselineEnd ? 1 : 0;
                continue;
            }

            Lines++;
            _levels[(int)level]++;
            if (isError)
            {
                Errors++;
                onError(level, text);
            }
        }
    }
}
