using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MalariaIncident.Engine.Incidents;

/// <summary>
/// An event exactly as it is kept: what was hashed is what is stored, so a check never depends on how a date or a JSON value
/// is written anew.
/// </summary>
internal sealed record StoredEvent
{
    /// <summary>The chain of what was done outside any incident.</summary>
    public const string OutsideChain = "";

    public required string Chain { get; init; }
    public required long Sequence { get; init; }
    /// <summary>ISO 8601, UTC, seven decimals: <c>2026-11-24T21:58:01.1234567Z</c>.</summary>
    public required string Time { get; init; }
    public required string Actor { get; init; }
    public required string Host { get; init; }
    public required string Kind { get; init; }
    public required string Text { get; init; }
    public required string? Data { get; init; }
    public required string PreviousHash { get; init; }
    public required string Hash { get; init; }

    /// <summary>StoreCorrupt where a field cannot be read.</summary>
    public IncidentEvent ToEvent()
    {
        if (!DateTimeOffset.TryParseExact(Time, "O", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time))
        {
            throw Unreadable("its time is not one");
        }

        // A newer module may know kinds that this one does not: shown as a note, with its own name, rather than not at all.
        var known = Enum.TryParse<EventKind>(Kind, ignoreCase: false, out var kind) && Enum.IsDefined(kind);
        return new IncidentEvent
        {
            Incident = Chain.Length == 0 ? null : Chain,
            Sequence = Sequence,
            Time = time,
            Actor = Actor,
            Host = Host,
            Kind = known ? kind : EventKind.Note,
            Text = known ? Text : $"[{Kind}] {Text}",
            Data = ParseData(),
            Hash = Hash,
            PreviousHash = PreviousHash,
        };
    }

    private JsonObject? ParseData()
    {
        if (Data is null)
        {
            return null;
        }

        try
        {
            return JsonNode.Parse(Data) as JsonObject ?? throw Unreadable("its data is not an object");
        }
        catch (JsonException)
        {
            throw Unreadable("its data is not JSON");
        }
    }

    private IncidentException Unreadable(string why) => new(
        FailureKind.StoreCorrupt,
        $"Event {Sequence} of {(Chain.Length == 0 ? "the entries outside any incident" : Chain)} cannot be read: {why}.",
        Chain,
        advice: "Test-IncidentJournal says what else does not fit. Keep a copy of the file as it is before anything else.");
}
