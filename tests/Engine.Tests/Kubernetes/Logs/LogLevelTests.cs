using System.Text;
using MalariaIncident;
using MalariaIncident.Engine.Kubernetes.Logs;

namespace Engine.Tests.Kubernetes.Logs;

public sealed class LogLevelTests
{
    [Theory]
    [InlineData("""{"level":"ERROR","message":"x"}""", LogLevel.Error)]
    [InlineData("""{"message":"level ERROR","severity":"warning"}""", LogLevel.Warning)]
    [InlineData("""{"time":1,"nested":{"level":"error"},"level":30,"msg":"ok"}""", LogLevel.Information)]
    [InlineData("""{"msg":"ERROR in the text only"}""", LogLevel.Unknown)]
    [InlineData("""{"level":"error","msg":"cut o""", LogLevel.Error)]
    [InlineData("2026-11-24 22:00:00,123 ERROR malaria.api: failed", LogLevel.Error)]
    [InlineData("ERROR:    Exception in ASGI application", LogLevel.Error)]
    [InlineData("INFO:     10.0.0.1:1 - \"GET /ERROR HTTP/1.1\" 200 OK", LogLevel.Information)]
    [InlineData("[2026-11-24 22:00:00] [CRITICAL] worker timeout", LogLevel.Critical)]
    [InlineData("2026/11/24 22:00:00 [error] 31#31: upstream timed out", LogLevel.Error)]
    [InlineData("ts=2026-11-24 level=error msg=\"x\"", LogLevel.Error)]
    [InlineData("level=\"warn\" msg=\"x\"", LogLevel.Warning)]
    [InlineData("E1124 22:46:28.000000       1 server.go:42] failed", LogLevel.Error)]
    [InlineData("2026-11-24 22:00:00 UTC [12] FATAL:  too many connections", LogLevel.Critical)]
    [InlineData("2026-11-24 22:00:00 UTC [12] LOG:  checkpoint", LogLevel.Information)]
    [InlineData("error: cannot open file", LogLevel.Error)]
    [InlineData("  File \"/app/errors/ERROR.py\", line 3", LogLevel.Unknown)]
    [InlineData("GET /static/ERROR/page?code=ERROR&x=1 200", LogLevel.Unknown)]
    [InlineData("there was no error in this run", LogLevel.Unknown)]
    [InlineData("INFORMATIONAL page served", LogLevel.Unknown)]
    [InlineData("WARNING ERROR both named, the first counts", LogLevel.Warning)]
    [InlineData("", LogLevel.Unknown)]
    public void Trap_grep_counts_the_word_anywhere_so_the_level_is_read_where_loggers_put_it(string line, LogLevel expected)
        => Assert.Equal(expected, LogLevels.Of(Encoding.UTF8.GetBytes(line)));

    [Theory]
    [InlineData("2026-11-24T22:46:28.123456789Z text", "2026-11-24T22:46:28.1234567Z", "text")]
    [InlineData("2026-11-24T22:46:28Z text", "2026-11-24T22:46:28Z", "text")]
    [InlineData("2026-11-24T23:46:28.5+01:00 text", "2026-11-24T22:46:28.5Z", "text")]
    [InlineData("2026-11-24T22:46:28.000000000Z ", "2026-11-24T22:46:28Z", "")]
    [InlineData("2026-13-24T22:46:28.000000000Z text", null, "2026-13-24T22:46:28.000000000Z text")]
    [InlineData("no stamp at all in this line", null, "no stamp at all in this line")]
    [InlineData("short", null, "short")]
    public void The_nodes_time_is_taken_off_the_line(string line, string? time, string text)
    {
        var taken = StampedLine.Take(Encoding.UTF8.GetBytes(line), out var rest);
        Assert.Equal(time is null ? null : DateTimeOffset.Parse(time, System.Globalization.CultureInfo.InvariantCulture), taken);
        Assert.Equal(text, Encoding.UTF8.GetString(rest));
    }

    [Theory]
    [InlineData("user 42 failed after 12.5ms", "user # failed after #ms")]
    [InlineData("request 0b5f2a1c-1111-2222-3333-444455556666 failed", "request # failed")]
    [InlineData("KeyError: 'rainfall' in \"x.py\"", "KeyError: '…' in \"…\"")]
    [InlineData("commit deadbeef01 broke feedback", "commit # broke feedback")]
    public void Messages_that_differ_in_numbers_ids_and_quotes_have_one_shape(string message, string shape) => Assert.Equal(shape, ErrorShapes.Shape(message));
}
