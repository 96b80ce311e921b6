using System.Text.Json.Nodes;
using MalariaIncident.Engine.Environments;
using MalariaIncident.Engine.Incidents;

namespace MalariaIncident.Engine.Readiness;

/// <summary>Asks every adapter at the same time, and puts together what they say.</summary>
internal sealed class EnvironmentReadiness(IScopeResolver scopes, IJournal journal, IReadOnlyList<IReadinessContributor> contributors, TimeProvider clock) : IReadiness
{
    /// <summary>A server that needs longer than this in peace is not ready for an incident.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public async Task<ReadinessReport> TestAsync(Scope scope, ReadinessOptions options, CancellationToken cancellationToken)
    {
        var started = clock.GetTimestamp();
        var resolved = await scopes.ResolveAsync(scope with { Timeout = scope.Timeout ?? Patience }, cancellationToken);
        var inquiry = new ReadinessInquiry(resolved, options, clock);
        var parts = await Task.WhenAll(contributors.Select(contributor => AskAsync(contributor, inquiry, cancellationToken)));
        var checks = parts.SelectMany(part => part).Where(check => inquiry.Wants(check.Area) && inquiry.Wants(check.Commands)).OrderBy(check => check.Area).ToList();
        if (checks.Count == 0)
        {
            throw new IncidentException(
                FailureKind.ArgumentInvalid,
                $"Nothing is checked for {string.Join(", ", options.Commands)}{(options.Areas.Count == 0 ? "" : $" in {string.Join(", ", options.Areas)}")}.",
                options.Commands,
                advice: "Name commands of this module, wildcards allowed: -Command Invoke-EmergencyRollback, Set-*.");
        }

        var report = new ReadinessReport
        {
            Incident = resolved.Incident,
            Environment = resolved.EnvironmentName,
            CheckedAt = clock.GetUtcNow(),
            Elapsed = clock.GetElapsedTime(started),
            Checks = checks,
        };
        await journal.AppendEvidenceAsync(report.Incident, $"Readiness of {report.Environment ?? "what was named"}: {report.Summary}", Evidence(report), cancellationToken);
        return report;
    }

    private static async Task<IReadOnlyList<ReadinessCheck>> AskAsync(IReadinessContributor contributor, ReadinessInquiry inquiry, CancellationToken cancellationToken)
    {
        // What an adapter does before its first wait would hold up the others.
        await Task.Yield();
        return await contributor.CheckAsync(inquiry, cancellationToken);
    }

    private static JsonObject Evidence(ReadinessReport report) => new()
    {
        ["ready"] = report.Ready,
        ["checks"] = report.Checks.Count,
        ["notReady"] = new JsonArray([.. report.Checks.Where(check => check.Status == ReadinessStatus.NotReady).Select(check => new JsonObject
        {
            ["area"] = check.Area.ToString(),
            ["check"] = check.Check,
            ["detail"] = check.Detail,
        })]),
    };
}
