using System.Text.Json.Nodes;
using MalariaIncident;
using MalariaIncident.Engine.Reports;

namespace Engine.Tests.Reports;

/// <summary>A P0 worked through, as the journal would tell it.</summary>
internal static class SampleIncident
{
    public const string Id = "INC-2026-0042";

    public static readonly DateTimeOffset Start = new(2026, 11, 24, 21, 2, 10, TimeSpan.Zero);

    public static ReportFacts Facts(string title = "Prediction API returns 500", bool resolved = true)
    {
        var events = Events(title);
        return new ReportFacts
        {
            Incident = new Incident
            {
                Id = Id,
                Title = title,
                Severity = Severity.P0,
                Criteria = ["P0: at least 50 % of users affected (60 %)"],
                Status = resolved ? IncidentStatus.Closed : IncidentStatus.Investigating,
                Environment = "production",
                StartedAt = Start,
                DeclaredAt = Start.AddMinutes(6),
                AcknowledgedAt = Start.AddMinutes(8),
                ResolvedAt = resolved ? Start.AddMinutes(41) : null,
                ClosedAt = resolved ? Start.AddMinutes(47) : null,
                DeclaredBy = "amina",
                UsersAffected = 60,
                ServicesAffected = ["Prediction API", "Dashboard"],
                RootCause = resolved ? "Release 2.4.1 opened a database connection per request and never closed it.\n\nA migration left a transaction open, which held the predictions table." : null,
                Roles = new Dictionary<string, string>(StringComparer.Ordinal) { ["Incident commander"] = "amina", ["Technical lead"] = "jonas" },
                RespondBy = Start.AddMinutes(21),
                ResolveBy = Start.AddMinutes(66),
                LastSequence = events[^1].Sequence,
            },
            Events = events,
            Mitigations = Mitigations,
            Journal = new JournalCheck { Incident = Id, Intact = true, Events = events.Count, Reason = "intact" },
            WrittenAt = Start.AddMinutes(55),
        };
    }

    public static IReadOnlyList<Mitigation> Mitigations { get; } =
    [
        Mitigation("MIT-7KQ2M4XD", MitigationKind.Degradation, MitigationState.InForce, 12, 1.2, "Switch off 2 features and run 3 replicas", "All 3 pods ready.",
            new("deployment/malaria-predictor-api", "FEATURE_ML_PREDICTIONS of container api", null, "false"),
            new("deployment/malaria-predictor-api", "FEATURE_BACKGROUND_JOBS of container api", null, "false"),
            new("deployment/malaria-predictor-api", "replicas", "6", "3")),
        Mitigation("MIT-9RTB1W0C", MitigationKind.QueryStop, MitigationState.Done, 19, 0.2, "Stop 1 root blocker that holds up 14 sessions", "Backend 4711 was cancelled.",
            new PlannedChange("backend 4711", "query", "ALTER TABLE predictions ADD COLUMN …", null)),
        Mitigation("MIT-3HXD8P6V", MitigationKind.Rollback, MitigationState.InForce, 26, 3.4, "Roll back to revision 17, the last one that was healthy before the incident", "Rollout complete, 6 of 6 pods ready; liveness and readiness healthy.",
            new PlannedChange("deployment/malaria-predictor-api", "image of container api", "registry.example.com/predictor:2.4.1", "registry.example.com/predictor:2.4.0")),
    ];

    private static Mitigation Mitigation(
        string id, MitigationKind kind, MitigationState state, double minute, double minutes, string summary, string detail, params PlannedChange[] changes) => new()
    {
        Id = id,
        Incident = Id,
        Environment = "production",
        Kind = kind,
        State = state,
        Target = kind == MitigationKind.QueryStop ? "db.example.com:5432/malaria_prediction" : "deployment/malaria-predictor-api in malaria-prediction-production",
        Summary = summary,
        Changes = changes,
        Actor = "jonas",
        IntendedAt = Start.AddMinutes(minute),
        FinishedAt = Start.AddMinutes(minute + minutes),
        Detail = detail,
        Reversible = state == MitigationState.InForce,
        Plan = kind != MitigationKind.Degradation ? null : new() { Id = id, Kind = kind, Target = "", Summary = summary, Changes = changes, Undo = "", Temporary = true, Deadline = TimeSpan.Zero, Instructions = [], Scope = new() },
    };

    private static List<IncidentEvent> Events(string title)
    {
        (double Minute, string Actor, EventKind Kind, string Text, JsonObject? Data)[] told =
        [
            (6, "amina", EventKind.Declared, $"P0 declared: {title}", null),
            (8, "amina", EventKind.Acknowledged, "Acknowledged", null),
            (8.5, "amina", EventKind.RoleAssigned, "Technical lead: jonas", null),
            (9, "jonas", EventKind.Checked, "Cluster production: 48 pods, 6 unhealthy; CrashLoopBackOff of malaria-predictor-api", null),
            (10, "jonas", EventKind.Checked, "Liveness answered 503 Service Unavailable (all 5 probes failed).", null),
            (12, "jonas", EventKind.ActionIntended, "Switch off 2 features and run 3 replicas", null),
            (13.2, "jonas", EventKind.ActionSucceeded, "Features off, 3 of 3 pods ready", null),
            (15, "jonas", EventKind.Note, "The pool is exhausted, see https://grafana.example.com/d/pool?from=now-1h for the graph", null),
            (17, "jonas", EventKind.Checked, "1 root blocker holds up 14 sessions", null),
            (19, "jonas", EventKind.ActionIntended, "Stop 1 root blocker that holds up 14 sessions", null),
            (19.2, "jonas", EventKind.ActionSucceeded, "Backend 4711 was cancelled", null),
            (22, "jonas", EventKind.Changed, "status: Investigating → Identified", new JsonObject { ["status"] = "Identified" }),
            (26, "jonas", EventKind.ActionIntended, "Roll back to revision 17", null),
            (29.4, "jonas", EventKind.ActionSucceeded, "Rollout complete, 6 of 6 pods ready", null),
            (30, "jonas", EventKind.Verified, "Resolution not verified: the affected services: failed", Verdict(false)),
            (31, "amina", EventKind.Changed, "status: Identified → Monitoring", new JsonObject { ["status"] = "Monitoring" }),
            (36, "amina", EventKind.Note, "Lesson: a release that opens connections per request passes every test with one user", null),
            (37, "amina", EventKind.Note, "Action: alert on pool saturation above 80 %; owner: DevOps; due: 2026-12-01; priority: High", null),
            (38, "amina", EventKind.Note, "Action: lock_timeout for migrations; owner: Backend", null),
            (41, "jonas", EventKind.Verified, "Resolution verified: 4 checks passed, 4 could not be made", Verdict(true)),
            (41, "amina", EventKind.Resolved, "Resolved: users are served again, as verified", null),
            (47, "amina", EventKind.Closed, "Closed (still in force: MIT-7KQ2M4XD)", null),
        ];
        var events = new List<IncidentEvent>();
        foreach (var (minute, actor, kind, text, data) in told)
        {
            events.Add(Event(events.Count + 1, Start.AddMinutes(minute), actor, kind, text, data));
        }

        return events;
    }

    public static IncidentEvent Event(long sequence, DateTimeOffset time, string actor, EventKind kind, string text, JsonObject? data = null) => new()
    {
        Incident = Id,
        Sequence = sequence,
        Time = time,
        Actor = actor,
        Host = "ops-laptop",
        Kind = kind,
        Text = text,
        Data = data,
        Hash = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(BitConverter.GetBytes(sequence))),
        PreviousHash = new string('0', 64),
    };

    private static JsonObject Verdict(bool passed) => new()
    {
        ["passed"] = passed,
        ["checks"] = new JsonArray(
            Check("The affected services are operational", passed, passed ? "Liveness answered 200 OK (all 5 probes). Readiness answered 200 OK (all 5 probes)." : "Readiness answered 503 (2 of 5 probes failed)."),
            Check("The rollout is complete", true, "malaria-prediction-production/malaria-predictor-api runs revision 17: 6 of 6 pods ready."),
            Check("No query holds others up in the database", true, "No session has blocked another for more than a minute."),
            Check("No mitigation has an unknown outcome", true, "Every mitigation of the incident has a known outcome."),
            Check("No related alert is firing", null, "Not checked by a probe: look at the alerts, and write what you see with Add-IncidentNote.")),
    };

    private static JsonObject Check(string check, bool? passed, string detail) => new() { ["check"] = check, ["passed"] = passed, ["detail"] = detail };
}
