using System.Buffers;
using System.Text;
using System.Text.Json;

namespace MalariaIncident.Engine.Kubernetes.Logs;

/// <summary>
/// The level that a line names: in JSON, as <c>level=error</c>, in klog's form, or as a word where loggers put it. A word
/// inside a path, an address or a sentence is none: <c>grep -c ERROR</c> counts those too.
/// </summary>
internal static class LogLevels
{
    /// <summary>Loggers name the level near the beginning.</summary>
    private const int Beginning = 200;

    private static readonly Dictionary<string, LogLevel> Words = new(StringComparer.OrdinalIgnoreCase)
    {
        ["trace"] = LogLevel.Trace, ["verbose"] = LogLevel.Trace,
        ["debug"] = LogLevel.Debug, ["dbug"] = LogLevel.Debug,
        ["info"] = LogLevel.Information, ["information"] = LogLevel.Information, ["notice"] = LogLevel.Information, ["log"] = LogLevel.Information,
        ["warn"] = LogLevel.Warning, ["warning"] = LogLevel.Warning,
        ["error"] = LogLevel.Error, ["err"] = LogLevel.Error, ["eror"] = LogLevel.Error, ["fail"] = LogLevel.Error, ["severe"] = LogLevel.Error, ["alert"] = LogLevel.Critical,
        ["critical"] = LogLevel.Critical, ["crit"] = LogLevel.Critical, ["fatal"] = LogLevel.Critical, ["panic"] = LogLevel.Critical, ["dpanic"] = LogLevel.Critical,
        ["emergency"] = LogLevel.Critical, ["emerg"] = LogLevel.Critical,
    };

    // In plain text "log", "fail", "alert" and "verbose" are too common as words; PostgreSQL's "LOG:" is told by its colon.
    private static readonly SearchValues<string> InText = SearchValues.Create(
        ["TRACE", "DEBUG", "DBUG", "INFO", "NOTICE", "WARN", "ERROR", "SEVERE", "CRIT", "FATAL", "PANIC", "EMERG", "LOG:"], StringComparison.OrdinalIgnoreCase);

    private static readonly Dictionary<string, LogLevel>.AlternateLookup<ReadOnlySpan<char>> Lookup = Words.GetAlternateLookup<ReadOnlySpan<char>>();

    public static LogLevel Of(ReadOnlySpan<byte> line)
    {
        line = line.TrimStart((byte)' ');
        if (line.Length == 0)
        {
            return LogLevel.Unknown;
        }

        return line[0] == '{' && OfJson(line) is { } level ? level : OfText(line);
    }

    /// <summary>Null where it is no JSON object, or names no level.</summary>
    private static LogLevel? OfJson(ReadOnlySpan<byte> line)
    {
        try
        {
            var reader = new Utf8JsonReader(line);
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isLevel = IsLevelName(ref reader);
                reader.Read();
                if (isLevel && reader.TokenType is JsonTokenType.String or JsonTokenType.Number)
                {
                    return reader.TokenType == JsonTokenType.String ? OfWord(reader.GetString()) : OfNumber(ref reader);
                }

                reader.Skip();
            }

            return LogLevel.Unknown;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static bool IsLevelName(ref Utf8JsonReader reader) =>
        reader.ValueTextEquals("level"u8) || reader.ValueTextEquals("severity"u8) || reader.ValueTextEquals("lvl"u8) || reader.ValueTextEquals("levelname"u8)
        || reader.ValueTextEquals("log.level"u8) || reader.ValueTextEquals("loglevel"u8) || reader.ValueTextEquals("log_level"u8) || reader.ValueTextEquals("@l"u8)
        || reader.ValueTextEquals("Level"u8) || reader.ValueTextEquals("LogLevel"u8) || reader.ValueTextEquals("LEVEL"u8) || reader.ValueTextEquals("SEVERITY"u8);

    private static LogLevel OfWord(string? word) => word is not null && Words.TryGetValue(word.Trim(), out var level) ? level : LogLevel.Unknown;

    // Bunyan and pino count 10, 20 … 60; syslog counts down from 7.
    private static LogLevel OfNumber(ref Utf8JsonReader reader) => reader.TryGetInt32(out var number)
        ? number switch
        {
            >= 60 => LogLevel.Critical,
            >= 50 => LogLevel.Error,
            >= 40 => LogLevel.Warning,
            >= 30 => LogLevel.Information,
            >= 20 => LogLevel.Debug,
            >= 10 => LogLevel.Trace,
            7 => LogLevel.Debug,
            5 or 6 => LogLevel.Information,
            4 => LogLevel.Warning,
            3 => LogLevel.Error,
            >= 0 and <= 2 => LogLevel.Critical,
            _ => LogLevel.Unknown,
        }
        : LogLevel.Unknown;

    private static LogLevel OfText(ReadOnlySpan<byte> line)
    {
        if (OfKlog(line) is { } klog)
        {
            return klog;
        }

        Span<char> letters = stackalloc char[Beginning];
        var text = letters[..Encoding.Latin1.GetChars(line[..Math.Min(line.Length, Beginning)], letters)];
        for (var from = 0; from < text.Length;)
        {
            var found = text[from..].IndexOfAny(InText);
            if (found < 0)
            {
                return LogLevel.Unknown;
            }

            var start = from + found;
            var length = text[start..].IndexOfAnyExcept(Letters);
            var end = length < 0 ? text.Length : start + length;
            if (Lookup.TryGetValue(text[start..end], out var level) && IsWhereLoggersPutIt(text, start, end))
            {
                return level;
            }

            from = Math.Max(end, start + 1);
        }

        return LogLevel.Unknown;
    }

    private static readonly SearchValues<char> Letters = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

    /// <summary><c>E1124 22:46:28.000 1 server.go:42] …</c></summary>
    private static LogLevel? OfKlog(ReadOnlySpan<byte> line) =>
        line.Length < 6 || line[1..5].ContainsAnyExceptInRange((byte)'0', (byte)'9') || line[5] != ' ' ? null : line[0] switch
        {
            (byte)'I' => LogLevel.Information,
            (byte)'W' => LogLevel.Warning,
            (byte)'E' => LogLevel.Error,
            (byte)'F' => LogLevel.Critical,
            _ => null,
        };

    private static bool IsWhereLoggersPutIt(ReadOnlySpan<char> text, int start, int end)
    {
        var after = end == text.Length ? ' ' : text[end];
        var before = start == 0 ? '\n' : text[start - 1];
        var isUpper = !text[start..end].ContainsAnyExceptInRange('A', 'Z');
        return before switch
        {
            '[' or '<' or '(' => after is ']' or '>' or ')' or ' ' or ':' or '|',
            '=' => IsLevelKey(text[..(start - 1)]),
            '"' => after == '"' && start >= 2 && text[start - 2] == '=' && IsLevelKey(text[..(start - 2)]),
            '\n' => after is ':' or ']' || (isUpper && after is ' ' or '\t' or '|' or '-'),
            ' ' or '\t' or '|' or ':' => isUpper && after is ' ' or '\t' or ':' or '|' or ']' or '-' or ',',
            _ => false,
        };
    }

    private static bool IsLevelKey(ReadOnlySpan<char> before) =>
        before.EndsWith("level", StringComparison.OrdinalIgnoreCase) || before.EndsWith("lvl", StringComparison.OrdinalIgnoreCase)
        || before.EndsWith("severity", StringComparison.OrdinalIgnoreCase) || before.EndsWith("levelname", StringComparison.OrdinalIgnoreCase);
}
