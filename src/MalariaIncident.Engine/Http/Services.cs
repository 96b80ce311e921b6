using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using MalariaIncident.Engine.Environments;
using MalariaIncident.Engine.Incidents;
using MalariaIncident.Engine.Mitigations;
using MalariaIncident.Engine.Text;

namespace MalariaIncident.Engine.Http;

/// <summary>The application as its users see it.</summary>
/// <param name="scopes">Fills in what was not typed.</param>
/// <param name="journal">Takes evidence and verdicts.</param>
/// <param name="prober">Asks.</param>
/// <param name="contributors">What the other rooms know about resolution, in the order of the list.</param>
/// <param name="clock">UTC.</param>
internal sealed class Services(
    IScopeResolver scopes, IJournal journal, Prober prober, IReadOnlyList<IResolutionContributor> contributors, TimeProvider clock) : IServices
{
    private const int MaximumCount = 1000;
    private const string ServiceCheck = "The affected services are operational";

    private static readonly ProbeOptions ResolutionProbes = new() { Count = 5 };

    public async IAsyncEnumerable<ServiceHealth> TestHealthAsync(
        Scope scope, ProbeOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Validate(options);
        var resolved = await scopes.ResolveAsync(scope, cancellationToken);
        var addresses = ServiceAddresses.Require(resolved, options.Addresses);
        await foreach (var health in prober.AskAllAsync(addresses, options, resolved, cancellationToken))
        {
            await journal.AppendEvidenceAsync(health.Incident, $"{health.Detail} [{health.Address}]", Evidence(health), cancellationToken);
            yield return health;
        }
    }

    public async Task<ResolutionReport> TestResolutionAsync(Scope scope, CancellationToken cancellationToken)
    {
        var resolved = await scopes.ResolveAsync(scope, cancellationToken);
        var parts = new List<Task<IReadOnlyList<ResolutionCheck>>> { ServiceAsync(resolved, cancellationToken) };
        parts.AddRange(contributors.Select(contributor => contributor.CheckAsync(resolved, cancellationToken)));
        var checks = (await Task.WhenAll(parts)).SelectMany(part => part).ToList();
        var report = new ResolutionReport
        {
            Incident = resolved.Incident,
            Environment = resolved.EnvironmentName,
            Time = clock.GetUtcNow(),
            Checks = checks,
        };
        await RecordAsync(report, cancellationToken);
        return report;
    }

    private async Task<IReadOnlyList<ResolutionCheck>> ServiceAsync(ResolvedScope scope, CancellationToken cancellationToken)
    {
        var addresses = ServiceAddresses.Known(scope);
        if (addresses.Count == 0)
        {
            return [new ResolutionCheck(ServiceCheck, null, "Not checked: no health address is named. Set liveness and readiness in the environment file.")];
        }

        var answers = new List<ServiceHealth>(addresses.Count);
        await foreach (var answer in prober.AskAllAsync(addresses, ResolutionProbes, scope, cancellationToken))
        {
            answers.Add(answer);
        }

        return [new ResolutionCheck(ServiceCheck, answers.TrueForAll(answer => answer.Healthy), string.Join(" ", answers.Select(answer => answer.Detail)))];
    }

    private async Task RecordAsync(ResolutionReport report, CancellationToken cancellationToken)
    {
        if (report.Incident is null)
        {
            return;
        }

        var failed = report.Checks.Where(check => check.Passed == false).Select(check => check.Check).ToList();
        var passed = report.Checks.Count(check => check.Passed == true);
        var open = report.Checks.Count(check => check.Passed is null);
        var text = report.Resolved
            ? $"Resolution verified: {Amount.Of(passed, "check")} passed, {open} could not be made"
            : failed.Count > 0 ? $"Resolution not verified: {string.Join("; ", failed)}: failed" : "Resolution not verified: nothing of the service could be checked";
        try
        {
            await journal.AppendAsync(report.Incident, EventKind.Verified, text, Verdict(report), cancellationToken);
        }
        catch (IncidentException failure) when (failure.Kind == FailureKind.IncidentClosed)
        {
            // The record of a closed incident is finished; whether the service still runs may be asked all the same.
        }
    }

    private static JsonObject Verdict(ResolutionReport report) => new()
    {
        ["passed"] = report.Resolved,
        ["checks"] = new JsonArray([.. report.Checks.Select(check => new JsonObject
        {
            ["check"] = check.Check,
            ["passed"] = check.Passed,
            ["detail"] = check.Detail,
        })]),
    };

    private static JsonObject Evidence(ServiceHealth health) => new()
    {
        ["probe"] = health.Probe,
        ["address"] = health.Address,
        ["healthy"] = health.Healthy,
        ["failure"] = health.Failure?.ToString(),
        ["statusCode"] = health.StatusCode,
        ["probes"] = health.Probes,
        ["succeeded"] = health.Succeeded,
        ["latencyMilliseconds"] = (long)health.Latency.TotalMilliseconds,
        ["certificateExpires"] = health.CertificateExpires?.ToString("O"),
        ["body"] = health.Body,
    };

    private static void Validate(ProbeOptions options)
    {
        if (options.Count is < 1 or > MaximumCount)
        {
            throw new IncidentException(FailureKind.ArgumentInvalid, $"{options.Count} probes were asked for; it must be 1 to {MaximumCount}.", options.Count);
        }

        if (options.Interval < TimeSpan.Zero || options.Interval > TimeSpan.FromHours(1))
        {
            throw new IncidentException(FailureKind.ArgumentInvalid, "The interval between probes must be between zero and one hour.", options.Interval);
        }
    }
}
