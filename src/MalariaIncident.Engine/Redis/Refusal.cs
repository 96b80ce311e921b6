using System.Globalization;
using MalariaIncident.Engine.Text;

namespace MalariaIncident.Engine.Redis;

/// <summary>What a server's error line means, as a failure.</summary>
internal static class Refusal
{
    /// <summary>First byte of a TLS alert.</summary>
    public const byte TlsRecord = 0x15;

    private static readonly Dictionary<string, (FailureKind Kind, string Meaning)> Meanings = new(StringComparer.Ordinal)
    {
        ["NOPERM"] = (FailureKind.CacheForbidden, "does not allow this user the command it takes to look"),
        ["LOADING"] = (FailureKind.CacheRefused, "is loading its data from disk and serves nobody until it is done (LOADING)"),
        ["BUSY"] = (FailureKind.CacheRefused, "is busy with a script that does not end (BUSY); SCRIPT KILL ends one that has not written yet"),
        ["MASTERDOWN"] = (FailureKind.CacheRefused, "is a replica that lost its master and serves no stale data (MASTERDOWN)"),
        ["CLUSTERDOWN"] = (FailureKind.CacheRefused, "is a node of a cluster that is down (CLUSTERDOWN): slots are not covered"),
        ["MISCONF"] = (FailureKind.CacheRefused, "cannot save to disk and refuses commands (MISCONF)"),
        ["DENIED"] = (FailureKind.CacheRefused, "is in protected mode: without a password it serves only its own machine (DENIED)"),
    };

    /// <summary>What the error line begins with, where it is one of those that mean something to us.</summary>
    public static string? Of(string line)
    {
        var word = line.TrimStart('-').Split(' ', 2)[0];
        return line.StartsWith('-') && (word is "NOAUTH" or "WRONGPASS" or "MOVED" or "ASK" || Meanings.ContainsKey(word) || IsFull(line)) ? word : null;
    }

    /// <summary>The failure behind an answer that is not the one that was waited for.</summary>
    public static IncidentException Tell(string server, string line, bool sentPassword, bool tls)
    {
        if (line.Length == 0)
        {
            return new(FailureKind.CacheUnreachable, $"The cache {server} took the connection and closed it without a word{(tls ? "." : "; it may expect TLS.")}", server);
        }

        if (line[0] == TlsRecord)
        {
            return new(FailureKind.CacheAnswerInvalid, $"The cache {server} speaks TLS on this port, and was asked in plain Redis.", server, advice: "Use rediss:// or ssl=true.");
        }

        if (!line.StartsWith('-'))
        {
            return new(FailureKind.CacheAnswerInvalid, $"What listens at {server} is no Redis server: it answers {(line.StartsWith("HTTP/", StringComparison.Ordinal) ? "HTTP" : "something else")}.", server);
        }

        var word = line[1..].Split(' ', 2)[0];
        return word switch
        {
            "NOAUTH" => new(FailureKind.CacheUnauthenticated, $"The cache {server} asks for a password, and the connection has none (NOAUTH).", server),
            "WRONGPASS" => new(
                FailureKind.CacheUnauthenticated, $"The cache {server} does not accept this user or password (WRONGPASS).", server),
            "MOVED" or "ASK" => Moved(server, line),
            _ when IsFull(line) => new(FailureKind.CacheRefused, $"The cache {server} has reached maxclients and refuses every new connection.", server, advice: "Find who opens them (CLIENT LIST), restart the leaking client, or raise maxclients."),
            _ when sentPassword && line.Contains("invalid password", StringComparison.OrdinalIgnoreCase) =>
                new(FailureKind.CacheUnauthenticated, $"The cache {server} does not accept this password.", server),
            _ when Meanings.TryGetValue(word, out var known) => new(known.Kind, $"The cache {server} {known.Meaning}.", server),
            // Nothing of the rest is shown: servers quote the command, and the command may be AUTH.
            _ => new(FailureKind.CacheRefused, $"The cache {server} answers with an error ({PlainText.OneLine(word, 30)}).", server),
        };
    }

    private static bool IsFull(string line) => line.Contains("max number of clients", StringComparison.OrdinalIgnoreCase);

    private static IncidentException Moved(string server, string line)
    {
        var words = line.Split(' ');
        var slot = words.Length > 1 && int.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? $" slot {number}" : " the key";
        var to = words.Length > 2 ? $" to {PlainText.OneLine(words[2], 80)}" : "";
        return new(
            FailureKind.CacheRefused,
            $"The cache {server} is a node of a cluster and sends{slot} elsewhere{to} (MOVED): a client that is not cluster-aware fails on it.",
            server,
            advice: "Connect to the node named, and let the application use a cluster-aware client.");
    }
}
