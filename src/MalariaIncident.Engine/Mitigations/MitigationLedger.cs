using System.Text.Json.Nodes;
using MalariaIncident.Engine.Incidents;

namespace MalariaIncident.Engine.Mitigations;

/// <summary>What was changed and how it came out: a fold over the Action… events of the journal.</summary>
internal sealed class MitigationLedger(IJournal journal)
{
    /// <summary>Names of the entries' data fields.</summary>
    internal static class Field
    {
        public const string Mitigation = "mitigation";
        public const string Plan = "plan";
    }

    private static readonly EventKind[] Kinds =
        [EventKind.ActionIntended, EventKind.ActionSucceeded, EventKind.ActionFailed, EventKind.ActionUnknown];

    /// <summary>Data of an intent.</summary>
    public static JsonObject Intent(MitigationPlan plan)
        => new() { [Field.Mitigation] = plan.Id, [Field.Plan] = MitigationJson.Write(plan) };

    /// <summary>Mitigations, newest first.</summary>
    public async Task<IReadOnlyList<Mitigation>> ReadAsync(CancellationToken cancellationToken)
    {
        var known = new Dictionary<string, Mitigation>(StringComparer.Ordinal);
        await foreach (var entry in journal.ReadAllAsync(Kinds, cancellationToken))
        {
            if (entry.Data?[Field.Mitigation]?.GetValue<string>() is not { } id)
            {
                continue;
            }

            if (entry.Kind == EventKind.ActionIntended)
            {
                known[id] = FromIntent(id, entry);
            }
            else if (known.TryGetValue(id, out var mitigation))
            {
                var state = StateAfter(mitigation, entry.Kind);
                known[id] = mitigation with { State = state, Reversible = state == MitigationState.InForce, FinishedAt = entry.Time, Detail = entry.Text };
            }
        }

        foreach (var undo in known.Values.Where(mitigation => mitigation.Undoes is not null && mitigation.State == MitigationState.Done).ToArray())
        {
            if (known.TryGetValue(undo.Undoes!, out var undone))
            {
                known[undone.Id] = undone with { State = MitigationState.Undone, Reversible = false };
            }
        }

        return [.. known.Values.OrderByDescending(mitigation => mitigation.IntendedAt)];
    }

    /// <summary>One mitigation. MitigationNotFound.</summary>
    public async Task<Mitigation> GetAsync(string id, CancellationToken cancellationToken)
        => (await ReadAsync(cancellationToken)).FirstOrDefault(mitigation => string.Equals(mitigation.Id, id, StringComparison.OrdinalIgnoreCase))
            ?? throw new IncidentException(FailureKind.MitigationNotFound, $"There is no mitigation '{id}' in the journal.", id);

    private static Mitigation FromIntent(string id, IncidentEvent entry)
    {
        var plan = MitigationJson.Read(entry.Data?[Field.Plan]);
        return new Mitigation
        {
            Id = id,
            Incident = entry.Incident,
            Environment = plan?.Environment,
            Kind = plan?.Kind ?? default,
            State = MitigationState.Open,
            Target = plan?.Target ?? "",
            Summary = plan?.Summary ?? entry.Text,
            Changes = plan?.Changes ?? [],
            Actor = entry.Actor,
            IntendedAt = entry.Time,
            Reversible = false,
            Undoes = plan?.Undoes,
            Plan = plan,
        };
    }

    private static MitigationState StateAfter(Mitigation mitigation, EventKind kind) => kind switch
    {
        EventKind.ActionFailed => MitigationState.Failed,
        EventKind.ActionUnknown => MitigationState.Unknown,
        _ => IsReversible(mitigation) ? MitigationState.InForce : MitigationState.Done,
    };

    private static bool IsReversible(Mitigation mitigation) => mitigation.Plan?.Undo is not null;
}
