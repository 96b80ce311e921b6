using System.Net;
using System.Text.RegularExpressions;
using MalariaIncident.Engine.Text;
using StackExchange.Redis;

namespace MalariaIncident.Engine.Redis;

/// <summary>Reads one server.</summary>
internal sealed partial class CacheReader(TimeProvider clock)
{
    private const int SlowLogEntries = 128, SlowCommandsShown = 10;

    public async Task<CacheReading> ReadAsync(EndPoint endPoint, ConfigurationOptions options, TimeSpan? timeout, CacheOptions wanted, CancellationToken cancellationToken)
    {
        await using var connection = await CacheConnection.OpenAsync(endPoint, options, timeout, clock, cancellationToken);
        var first = await connection.InfoAsync(cancellationToken);
        var start = clock.GetTimestamp();
        var keyed = await connection.KeyedReadErrorAsync(cancellationToken);
        List<string> notes = [];
        var slow = await SlowCommandsAsync(connection, notes, cancellationToken);
        var big = wanted.BigKeys ? await BigKeysAsync(connection, first, wanted.MaximumKeys, notes, cancellationToken) : [];
        var reading = new CacheReading { Server = connection.Server, Info = first, KeyedReadError = keyed, SlowCommands = slow, BigKeys = big, Notes = notes };
        if (wanted.Sample <= TimeSpan.Zero)
        {
            return reading;
        }

        if (wanted.Sample - clock.GetElapsedTime(start) is var rest && rest > TimeSpan.Zero)
        {
            await Task.Delay(rest, clock, cancellationToken);
        }

        return reading with { Earlier = first, Info = await connection.InfoAsync(cancellationToken), Watched = clock.GetElapsedTime(start) };
    }

    private static async Task<IReadOnlyList<SlowCommand>> SlowCommandsAsync(CacheConnection connection, List<string> notes, CancellationToken cancellationToken)
    {
        try
        {
            var entries = await connection.SlowLogAsync(SlowLogEntries, cancellationToken);
            return
            [
                .. entries.OrderByDescending(entry => entry.Duration).Take(SlowCommandsShown).Select(entry => new SlowCommand(
                    new DateTimeOffset(DateTime.SpecifyKind(entry.Time, DateTimeKind.Utc)), entry.Duration, Words(entry.Arguments))),
            ];
        }
        catch (IncidentException failure) when (failure.Kind is FailureKind.CacheRefused or FailureKind.CacheForbidden)
        {
            notes.Add("The slow log was not read: this server or user does not allow SLOWLOG GET.");
            return [];
        }
    }

    private async Task<IReadOnlyList<BigKey>> BigKeysAsync(CacheConnection connection, CacheInfo info, int maximumKeys, List<string> notes, CancellationToken cancellationToken)
    {
        try
        {
            var (keys, note) = await new BigKeyScan(connection, clock).ScanAsync(info, maximumKeys, cancellationToken);
            notes.Add(note);
            return keys;
        }
        catch (RedisServerException failure)
        {
            notes.Add($"Keys were not measured: the server refused SCAN, MEMORY USAGE or TYPE ({PlainText.OneLine(failure.Message.Split(' ', 2)[0], 30)}).");
            return [];
        }
    }

    /// <summary>The command and its first argument, which is the key: what follows may be anybody's data.</summary>
    private static string Words(RedisValue[] arguments)
    {
        var name = PlainText.OneLine(arguments.Length > 0 ? arguments[0].ToString().ToUpperInvariant() : "?", 30);
        if (arguments.Length < 2 || name is "AUTH" or "HELLO" or "CONFIG" or "ACL" or "EVAL" or "EVAL_RO" or "SCRIPT" or "FUNCTION")
        {
            return name;
        }

        var key = PlainText.OneLine(arguments[1].ToString(), 60);
        // Beyond 31 arguments the server itself puts "… (30 more arguments)" in place of the rest.
        var more = arguments.Length - 2 + (MoreArguments().Match(arguments[^1].ToString()) is { Success: true } rest ? int.Parse(rest.Groups["count"].ValueSpan) - 1 : 0);
        return more > 0 ? $"{name} {key} (+{more})" : $"{name} {key}";
    }

    [GeneratedRegex(@"^\.\.\. \((?<count>\d{1,9}) more arguments\)$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex MoreArguments();
}
