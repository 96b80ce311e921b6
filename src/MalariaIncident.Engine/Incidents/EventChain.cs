using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using MalariaIncident.Engine.Text;

namespace MalariaIncident.Engine.Incidents;

/// <summary>
/// The hash chain. An event's hash is the lower-case hex SHA-256 over the UTF-8 bytes of the previous event's hash (64 zeros for
/// the first) followed by its canonical form: the fields chain, sequence, time, actor, host, kind, text and data, in this order,
/// each as a netstring (<c>length in bytes ":" bytes ","</c>), an absent data as <c>-,</c>. Lengths make the form unambiguous
/// whatever the fields hold, and any language can compute it again from the columns as they stand.
/// </summary>
internal static class EventChain
{
    public static string FirstPreviousHash { get; } = new('0', 64);

    public static StoredEvent Next(ChainHead? head, string chain, EventDraft draft, DateTimeOffset now, Operator who)
    {
        var entry = new StoredEvent
        {
            Chain = chain,
            Sequence = (head?.Sequence ?? 0) + 1,
            Time = now.UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
            Actor = who.Actor,
            Host = who.Host,
            Kind = draft.Kind.ToString(),
            Text = JournalText.Storable(draft.Text),
            Data = draft.Data?.ToJsonString(),
            PreviousHash = head?.Hash ?? FirstPreviousHash,
            Hash = string.Empty,
        };
        return entry with { Hash = HashOf(entry) };
    }

    public static string HashOf(StoredEvent entry)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(entry.PreviousHash));
        foreach (var field in (string?[])
                 [
                     entry.Chain, entry.Sequence.ToString(CultureInfo.InvariantCulture), entry.Time, entry.Actor, entry.Host, entry.Kind, entry.Text, entry.Data,
                 ])
        {
            if (field is null)
            {
                hash.AppendData("-,"u8);
                continue;
            }

            var bytes = Encoding.UTF8.GetBytes(field);
            hash.AppendData(Encoding.ASCII.GetBytes(bytes.Length.ToString(CultureInfo.InvariantCulture) + ":"));
            hash.AppendData(bytes);
            hash.AppendData(","u8);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Whether a chain is what was written.</summary>
    public static JournalCheck Check(string chain, StoredChain stored)
    {
        JournalCheck Result(long? brokenAt, string reason) => new()
        {
            Incident = chain.Length == 0 ? null : chain,
            Intact = brokenAt is null,
            Events = stored.Events.Count,
            BrokenAt = brokenAt,
            Reason = reason,
        };

        ChainHead? before = null;
        foreach (var entry in stored.Events)
        {
            var expected = (before?.Sequence ?? 0) + 1;
            if (entry.Sequence != expected)
            {
                return Result(expected, $"event {expected} is missing");
            }

            if (entry.PreviousHash != (before?.Hash ?? FirstPreviousHash))
            {
                return Result(entry.Sequence, $"event {entry.Sequence} does not follow the event before it");
            }

            if (entry.Hash != HashOf(entry))
            {
                return Result(entry.Sequence, $"event {entry.Sequence} is not what was written");
            }

            before = new ChainHead(entry.Sequence, entry.Hash);
        }

        if (stored.Head is null)
        {
            return before is null ? Result(null, "intact") : Result(before.Sequence, "the head of the chain is missing");
        }

        if (stored.Head.Sequence > (before?.Sequence ?? 0))
        {
            return Result((before?.Sequence ?? 0) + 1, $"the end is cut off: {Amount.Of(stored.Head.Sequence, "event")} {Amount.Word(stored.Head.Sequence, "was", "were")} written");
        }

        return stored.Head == before ? Result(null, "intact") : Result(before!.Sequence, "the head of the chain does not fit its last event");
    }
}
