using System.Text.Json.Nodes;

namespace MalariaIncident.Engine.Incidents;

/// <summary>An incident is what its events say, in the order of their sequence; nothing else is kept anywhere.</summary>
internal static class IncidentFold
{
    // Messages and reports are sent by the commands that declare and close; the others mean that someone is at it.
    private static readonly EventKind[] Unattended = [EventKind.Declared, EventKind.MessageSent, EventKind.Reported];

    public static Incident Of(IEnumerable<IncidentEvent> events)
    {
        Incident? incident = null;
        DateTimeOffset? firstAct = null;
        DateTimeOffset? acknowledged = null;
        foreach (var entry in events)
        {
            incident = incident is null ? Declared(entry) : Apply(incident, entry) with { LastSequence = entry.Sequence };
            acknowledged ??= entry.Kind == EventKind.Acknowledged ? entry.Time : null;
            firstAct ??= Unattended.Contains(entry.Kind) ? null : entry.Time;
        }

        return incident is null
            ? throw new ArgumentException("An incident has at least one event.", nameof(events))
            : incident with { AcknowledgedAt = acknowledged ?? firstAct };
    }

    private static Incident Declared(IncidentEvent entry)
    {
        if (entry.Kind != EventKind.Declared || entry.Incident is null)
        {
            throw new IncidentException(
                FailureKind.StoreCorrupt, $"{entry.Incident} does not begin with its declaration.", entry.Incident, advice: "Test-IncidentJournal says what does not fit.");
        }

        var data = entry.Data ?? [];
        var declared = new Incident
        {
            Id = entry.Incident,
            Title = EventData.Text(data, EventData.Title) ?? entry.Text,
            Severity = EventData.Value<Severity>(data, EventData.Severity) ?? Severity.P1,
            Criteria = EventData.Texts(data, EventData.Criteria) ?? [],
            Status = IncidentStatus.Investigating,
            Environment = EventData.Text(data, EventData.Environment),
            StartedAt = EventData.Time(data, EventData.StartedAt) ?? entry.Time,
            DeclaredAt = entry.Time,
            DeclaredBy = entry.Actor,
            UsersAffected = EventData.Number(data, EventData.UsersAffected),
            ServicesAffected = EventData.Texts(data, EventData.ServicesAffected) ?? [],
            LastSequence = entry.Sequence,
        };
        return WithClocks(declared, data);
    }

    private static Incident Apply(Incident incident, IncidentEvent entry)
    {
        var data = entry.Data ?? [];
        return entry.Kind switch
        {
            EventKind.Changed => Changed(incident, entry, data),
            EventKind.RoleAssigned => WithRole(incident, data),
            EventKind.Resolved => incident with
            {
                Status = IncidentStatus.Resolved,
                ClosedAt = null,
                ResolvedAt = EventData.Time(data, EventData.ResolvedAt) ?? entry.Time,
            },
            EventKind.Closed => incident with
            {
                Status = IncidentStatus.Closed,
                ClosedAt = entry.Time,
                RootCause = EventData.Text(data, EventData.RootCause) ?? incident.RootCause,
            },
            EventKind.Reopened => incident with { Status = IncidentStatus.Investigating, ClosedAt = null, ResolvedAt = null },
            _ => incident,
        };
    }

    private static Incident Changed(Incident incident, IncidentEvent entry, JsonObject data)
    {
        var changed = incident with
        {
            Title = EventData.Text(data, EventData.Title) ?? incident.Title,
            Severity = EventData.Value<Severity>(data, EventData.Severity) ?? incident.Severity,
            Criteria = EventData.Texts(data, EventData.Criteria) ?? incident.Criteria,
            RootCause = EventData.Text(data, EventData.RootCause) ?? incident.RootCause,
            UsersAffected = EventData.Number(data, EventData.UsersAffected) ?? incident.UsersAffected,
            ServicesAffected = EventData.Texts(data, EventData.ServicesAffected) ?? incident.ServicesAffected,
            StartedAt = EventData.Time(data, EventData.StartedAt) ?? incident.StartedAt,
        };
        if (EventData.Value<IncidentStatus>(data, EventData.Status) is { } status and not IncidentStatus.Closed)
        {
            // Back from resolved to any earlier status: users are not served after all.
            changed = changed with { Status = status, ClosedAt = null, ResolvedAt = status == IncidentStatus.Resolved ? incident.ResolvedAt ?? entry.Time : null };
        }

        return WithClocks(changed, data);
    }

    private static Incident WithRole(Incident incident, JsonObject data)
    {
        if (EventData.Text(data, EventData.Role) is not { } role || EventData.Text(data, EventData.Person) is not { } person)
        {
            return incident;
        }

        return incident with { Roles = new Dictionary<string, string>(incident.Roles, StringComparer.Ordinal) { [role] = person } };
    }

    /// <summary>The clocks run from the declaration by the policy that the event recorded, so that the journal alone tells them.</summary>
    private static Incident WithClocks(Incident incident, JsonObject data) => data[EventData.Policy] is not JsonObject policy
        ? incident
        : incident with
        {
            RespondBy = incident.DeclaredAt + EventData.Duration(policy, EventData.ResponseTime) ?? incident.RespondBy,
            ResolveBy = incident.DeclaredAt + EventData.Duration(policy, EventData.ResolutionTarget) ?? incident.ResolveBy,
        };
}
