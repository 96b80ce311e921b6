using System.Text.Json.Nodes;
using CsCheck;
using MalariaIncident;
using MalariaIncident.Engine.Incidents;

namespace Engine.Tests.Incidents;

/// <summary>What holds for every sequence of events, not only for those that people think of.</summary>
public sealed class IncidentFoldTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 14, 3, 0, 0, TimeSpan.Zero);

    private static readonly Gen<EventDraft> Draft = Gen.OneOf(
        Gen.Enum<EventKind>().Where(kind => kind != EventKind.Declared).Select(kind => new EventDraft(kind, kind.ToString())),
        Gen.Enum<IncidentStatus>().Where(status => status is not IncidentStatus.Closed).Select(status => new EventDraft(EventKind.Changed, "status", new JsonObject { ["status"] = status.ToString() })),
        Gen.Enum<Severity>().Select(severity => new EventDraft(EventKind.Changed, "severity", new JsonObject { ["severity"] = severity.ToString() })),
        Gen.Double[0, 100].Select(users => new EventDraft(EventKind.Changed, "users", new JsonObject { ["usersAffected"] = users })),
        Gen.String.Select(text => new EventDraft(EventKind.Changed, "nonsense", new JsonObject { ["status"] = text, ["severity"] = 7, ["usersAffected"] = text, ["startedAt"] = text, ["policy"] = text })));

    private static readonly Gen<IReadOnlyList<EventDraft>> Life = Draft.List[0, 30]
        .Select(drafts => (IReadOnlyList<EventDraft>)[new EventDraft(EventKind.Declared, "It is down", new JsonObject { ["severity"] = "P0" }), .. drafts]);

    [Fact]
    public void Every_life_folds_and_its_state_fits_its_times() => Life.Sample(drafts =>
    {
        var chain = Chain(drafts);
        var incident = IncidentFold.Of(chain.Select(entry => entry.ToEvent()));

        return incident.LastSequence == drafts.Count
            && incident.DeclaredAt == Start
            && (incident.ClosedAt is not null) == (incident.Status == IncidentStatus.Closed)
            && (incident.Status != IncidentStatus.Resolved || incident.ResolvedAt is not null)
            && (drafts.Count > 1 || incident.AcknowledgedAt is null)
            && incident.UsersAffected is null or (>= 0 and <= 100);
    });

    [Fact]
    public void A_fold_says_the_same_each_time_and_grows_by_its_events() => Life.Sample(drafts =>
    {
        var events = Chain(drafts).Select(entry => entry.ToEvent()).ToList();
        var whole = IncidentFold.Of(events);
        var again = IncidentFold.Of(events);
        var before = IncidentFold.Of(events.Take(Math.Max(1, events.Count - 1)));

        return whole.Status == again.Status && whole.ResolvedAt == again.ResolvedAt && whole.Severity == again.Severity
            && before.LastSequence <= whole.LastSequence && (before.AcknowledgedAt is null || before.AcknowledgedAt == whole.AcknowledgedAt || events[^1].Kind == EventKind.Acknowledged);
    });

    [Fact]
    public void Every_chain_verifies_and_no_change_of_one_field_does() => Gen.Select(Life, Gen.Int[0, 1000], Gen.Int[0, 7]).Sample((drafts, pick, field) =>
    {
        var chain = Chain(drafts);
        var head = new ChainHead(chain.Count, chain[^1].Hash);
        if (!EventChain.Check("INC-2026-0001", new StoredChain(chain, head)).Intact)
        {
            return false;
        }

        var index = pick % chain.Count;
        var entry = chain[index];
        chain[index] = field switch
        {
            0 => entry with { Text = entry.Text + " " },
            1 => entry with { Actor = entry.Actor + "x" },
            2 => entry with { Host = string.Empty },
            3 => entry with { Kind = "Other" },
            4 => entry with { Data = entry.Data is null ? "{}" : null },
            5 => entry with { Time = entry.Time.Replace("2026", "2025", StringComparison.Ordinal) },
            // The same letters, moved from one field to the next: lengths keep them apart.
            6 => entry with { Actor = entry.Actor + entry.Host[..1], Host = entry.Host[1..] },
            _ => entry with { PreviousHash = entry.Hash },
        };
        return EventChain.Check("INC-2026-0001", new StoredChain(chain, head)) is { Intact: false } check && check.BrokenAt == index + 1;
    });

    /// <summary>The canonical form as documented, computed by hand: a journal of today must verify in ten years.</summary>
    [Fact]
    public void The_hash_is_what_the_documentation_says()
    {
        var entry = new StoredEvent
        {
            Chain = "INC-2026-0001", Sequence = 1, Time = "2026-03-14T03:00:00.0000000Z", Actor = "ada", Host = "laptop", Kind = "Declared", Text = "é", Data = null,
            PreviousHash = EventChain.FirstPreviousHash, Hash = string.Empty,
        };
        var form = new string('0', 64) + "13:INC-2026-0001,1:1,28:2026-03-14T03:00:00.0000000Z,3:ada,6:laptop,8:Declared,2:é,-,";

        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(form))), EventChain.HashOf(entry));
    }

    private static List<StoredEvent> Chain(IReadOnlyList<EventDraft> drafts)
    {
        var chain = new List<StoredEvent>();
        ChainHead? head = null;
        foreach (var draft in drafts)
        {
            var entry = EventChain.Next(head, "INC-2026-0001", draft, Start.AddMinutes(chain.Count), new Operator("ada", "laptop"));
            chain.Add(entry);
            head = new ChainHead(entry.Sequence, entry.Hash);
        }

        return chain;
    }
}
