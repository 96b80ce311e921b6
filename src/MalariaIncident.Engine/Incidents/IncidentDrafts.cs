using System.Text.Json.Nodes;

namespace MalariaIncident.Engine.Incidents;

/// <summary>What the incident room writes into the journal: for people in one line, for programs as data.</summary>
internal static class IncidentDrafts
{
    public static EventDraft Declared(IncidentDeclaration declaration, DeclaredSeverity severity)
    {
        var data = new JsonObject
        {
            [EventData.Title] = declaration.Title,
            [EventData.Severity] = severity.Severity.ToString(),
            [EventData.Criteria] = EventData.Array(severity.Criteria),
            [EventData.Facts] = Facts(declaration.Facts),
            [EventData.Policy] = EventData.Of(severity.Policy),
        };
        if (declaration.Environment is not null)
        {
            data[EventData.Environment] = declaration.Environment;
        }

        if (declaration.StartedAt is { } startedAt)
        {
            data[EventData.StartedAt] = EventData.Format(startedAt);
        }

        if (declaration.Facts.UsersAffected is { } users)
        {
            data[EventData.UsersAffected] = users;
        }

        if (declaration.ServicesAffected.Count > 0)
        {
            data[EventData.ServicesAffected] = EventData.Array(declaration.ServicesAffected);
        }

        return new EventDraft(EventKind.Declared, $"{severity.Severity} declared: {declaration.Title}", data);
    }

    public static IReadOnlyList<EventDraft> Changed(Incident incident, IncidentChange change, SeverityPolicy? policy, bool reopens)
    {
        var data = new JsonObject();
        var said = new List<string>();
        void Set(string name, JsonNode value, string what)
        {
            data[name] = value;
            said.Add(what);
        }

        if (change.Title is { } title)
        {
            Set(EventData.Title, title, $"title: {title}");
        }

        if (change.Severity is { } severity)
        {
            Set(EventData.Severity, severity.ToString(), $"severity: {incident.Severity} → {severity}");
            data[EventData.Criteria] = new JsonArray();
            data[EventData.Policy] = EventData.Of(policy!);
        }

        if (change.Status is { } status && status != IncidentStatus.Resolved)
        {
            Set(EventData.Status, status.ToString(), $"status: {incident.Status} → {status}");
        }

        if (change.RootCause is { } cause)
        {
            Set(EventData.RootCause, cause, $"root cause: {JournalText.OneLine(cause, 200)}");
        }

        if (change.UsersAffected is { } users)
        {
            Set(EventData.UsersAffected, users, $"users affected: {users:0.##} %");
        }

        if (change.ServicesAffected is { } services)
        {
            Set(EventData.ServicesAffected, EventData.Array(services), $"services affected: {(services.Count == 0 ? "none" : string.Join(", ", services))}");
        }

        if (change.StartedAt is { } startedAt)
        {
            Set(EventData.StartedAt, EventData.Format(startedAt), $"started: {startedAt.UtcDateTime:u}");
        }

        var drafts = new List<EventDraft>();
        if (reopens)
        {
            drafts.Add(new EventDraft(EventKind.Reopened, "Reopened"));
        }

        if (said.Count > 0)
        {
            drafts.Add(new EventDraft(EventKind.Changed, string.Join("; ", said), data));
        }

        if (change.Status == IncidentStatus.Resolved)
        {
            drafts.Add(new EventDraft(EventKind.Resolved, "Resolved: users are served again"));
        }

        return drafts;
    }

    public static IReadOnlyList<EventDraft> Closed(Incident incident, IncidentClosure closure, Verification verification, IReadOnlyList<Mitigation> mitigations)
    {
        var drafts = new List<EventDraft>();
        if (incident.ResolvedAt is null)
        {
            // Users were served again when that was verified, not when someone found the time to close the record.
            drafts.Add(verification.At is { } at
                ? new EventDraft(EventKind.Resolved, "Resolved: users are served again, as verified", new JsonObject { [EventData.ResolvedAt] = EventData.Format(at) })
                : new EventDraft(EventKind.Resolved, "Resolved without a passed verification"));
        }

        var data = new JsonObject { [EventData.Forced] = closure.Force };
        if (closure.Reason is not null)
        {
            data[EventData.Reason] = closure.Reason;
        }

        if (closure.RootCause is not null)
        {
            data[EventData.RootCause] = closure.RootCause;
        }

        if (mitigations.Count > 0)
        {
            data[EventData.Mitigations] = new JsonArray([.. mitigations.Select(mitigation => (JsonNode)new JsonObject
            {
                ["id"] = mitigation.Id, ["kind"] = mitigation.Kind.ToString(), ["state"] = mitigation.State.ToString(), ["summary"] = mitigation.Summary,
                ["kept"] = ClosingRules.IsKept(closure, mitigation),
            })]);
        }

        var text = closure.Force ? "Closed by force" : "Closed";
        text += closure.Reason is null ? string.Empty : $": {JournalText.OneLine(closure.Reason, 200)}";
        text += InForce([.. mitigations.Where(mitigation => !ClosingRules.IsKept(closure, mitigation))], [.. mitigations.Where(mitigation => ClosingRules.IsKept(closure, mitigation))]);
        drafts.Add(new EventDraft(EventKind.Closed, text, data));
        return drafts;
    }

    private static string InForce(IReadOnlyList<Mitigation> others, IReadOnlyList<Mitigation> kept)
    {
        List<string> parts = [];
        if (others.Count > 0)
        {
            parts.Add($"still in force: {string.Join(", ", others.Select(mitigation => mitigation.Id))}");
        }

        if (kept.Count > 0)
        {
            parts.Add($"kept on purpose: {string.Join(", ", kept.Select(mitigation => mitigation.Id))}");
        }

        return parts.Count == 0 ? string.Empty : $" ({string.Join("; ", parts)})";
    }

    private static JsonObject Facts(SeverityFacts facts)
    {
        var known = new JsonObject();
        if (facts.UsersAffected is { } users)
        {
            known["usersAffected"] = users;
        }

        if (facts.PerformanceDegradation is { } degradation)
        {
            known["performanceDegradation"] = degradation;
        }

        foreach (var (name, holds) in (IEnumerable<(string, bool)>)
                 [
                     ("outage", facts.Outage), ("dataLoss", facts.DataLoss), ("securityBreach", facts.SecurityBreach), ("paymentFailure", facts.PaymentFailure),
                     ("majorFeatureUnavailable", facts.MajorFeatureUnavailable), ("pipelineFailure", facts.PipelineFailure),
                     ("minorFeature", facts.MinorFeature), ("componentFailure", facts.ComponentFailure),
                 ])
        {
            if (holds)
            {
                known[name] = true;
            }
        }

        return known;
    }
}
