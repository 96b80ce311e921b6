using MalariaIncident;
using MalariaIncident.Engine.Environments;
using MalariaIncident.Engine.Http;
using MalariaIncident.Engine.Mitigations;
using Microsoft.AspNetCore.Http;
using Rooms = MalariaIncident.Engine.Http;

namespace Engine.Tests.Http;

public sealed class ServicesTests
{
    private static readonly Scope Scope = new() { Incident = "INC-2026-0001" };
    private readonly RecordingJournal journal = new();

    [Fact]
    public async Task Liveness_and_readiness_of_the_environment_are_asked_and_journalled_as_evidence()
    {
        await using var server = await HealthServer.StartAsync((context, stopping) =>
        {
            context.Response.StatusCode = context.Request.Path == "/health/readiness" ? 503 : 200;
            return context.Response.WriteAsync("{}", stopping);
        });
        var results = await TestAsync(Environment(server), new ProbeOptions());
        Assert.Equal(["liveness", "readiness"], results.Select(result => result.Probe));
        Assert.Equal([true, false], results.Select(result => result.Healthy));
        Assert.All(results, result => Assert.Equal(("INC-2026-0001", "production"), (result.Incident!, result.Environment!)));
        Assert.Equal([EventKind.Checked, EventKind.Checked], journal.Appended.Select(entry => entry.Kind));
        Assert.Equal("Status", (string?)journal.Appended[1].Data!["failure"]);
    }

    [Fact]
    public async Task One_bad_answer_among_many_is_unhealthy()
    {
        var asked = 0;
        await using var server = await HealthServer.StartAsync((context, stopping) =>
        {
            context.Response.StatusCode = Interlocked.Increment(ref asked) == 2 ? 500 : 200;
            return context.Response.WriteAsync("{}", stopping);
        });
        var options = new ProbeOptions { Count = 4, Interval = TimeSpan.Zero, Addresses = [server.Uri.ToString()] };
        var result = Assert.Single(await TestAsync(null, options));
        Assert.False(result.Healthy);
        Assert.Equal((4, 3, 500), (result.Probes, result.Succeeded, result.StatusCode!.Value));
        Assert.Contains("1 of 4 probes failed", result.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_address_given_is_asked_in_place_of_the_environments()
    {
        await using var named = await HealthServer.AnsweringAsync(200, "{}");
        await using var given = await HealthServer.AnsweringAsync(200, "{}");
        var result = Assert.Single(await TestAsync(Environment(named), new ProbeOptions { Addresses = [$"{given.Uri}readyz"] }));
        Assert.Equal("readiness", result.Probe);
        Assert.Empty(named.Seen);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Without_any_address_it_says_what_to_set(bool withEnvironment)
    {
        var environment = withEnvironment ? new OperationsEnvironment { Name = "staging" } : null;
        var failure = await Assert.ThrowsAsync<IncidentException>(() => TestAsync(environment, new ProbeOptions()));
        Assert.Equal(FailureKind.SettingMissing, failure.Kind);
        Assert.Contains("liveness", failure.Advice, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, -1)]
    public async Task A_count_or_interval_that_makes_no_sense_is_refused(int count, int seconds)
    {
        var options = new ProbeOptions { Count = count, Interval = TimeSpan.FromSeconds(seconds), Addresses = ["http://127.0.0.1:1/"] };
        Assert.Equal(FailureKind.ArgumentInvalid, (await Assert.ThrowsAsync<IncidentException>(() => TestAsync(null, options))).Kind);
    }

    [Fact]
    public async Task Resolution_is_judged_in_the_runbooks_order_and_journalled_with_every_check()
    {
        await using var server = await HealthServer.AnsweringAsync(200, """{"status":"ok"}""");
        var services = Services(Environment(server), new Saying("B", true), new Saying("C", null));
        var report = await services.TestResolutionAsync(Scope, CancellationToken.None);
        Assert.True(report.Resolved);
        Assert.Equal(["The affected services are operational", "B", "C"], report.Checks.Select(check => check.Check));
        Assert.Equal(10, server.Seen.Count);

        var (incident, kind, _, data) = Assert.Single(journal.Appended);
        Assert.Equal((Scope.Incident, EventKind.Verified, true), (incident, kind, (bool)data!["passed"]!));
        Assert.Equal([true, true, null], data["checks"]!.AsArray().Select(check => (bool?)check!["passed"]));
    }

    [Fact]
    public async Task One_failed_check_is_enough_and_the_journal_names_it()
    {
        await using var server = await HealthServer.AnsweringAsync(503, "{}");
        var report = await Services(Environment(server), new Saying("B", true)).TestResolutionAsync(Scope, CancellationToken.None);
        Assert.False(report.Resolved);
        var (_, _, text, data) = Assert.Single(journal.Appended);
        Assert.False((bool)data!["passed"]!);
        Assert.Contains("The affected services are operational", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_checked_is_not_resolved()
    {
        var report = await Services(null, new Saying("B", null)).TestResolutionAsync(Scope, CancellationToken.None);
        Assert.False(report.Resolved);
        Assert.All(report.Checks, check => Assert.Null(check.Passed));
        Assert.False((bool)Assert.Single(journal.Appended).Data!["passed"]!);
    }

    [Fact]
    public void A_record_in_order_is_no_service_in_order()
    {
        var report = new ResolutionReport
        {
            Time = DateTimeOffset.UnixEpoch,
            Checks = [new ResolutionCheck("service", null, "Not checked"), new ResolutionCheck("mitigations", true, "known") { RecordOnly = true }],
        };
        Assert.False(report.Resolved);
        Assert.True((report with { Checks = [.. report.Checks, new ResolutionCheck("database", true, "well")] }).Resolved);
    }

    [Fact]
    public async Task A_closed_incident_takes_no_verdict_and_still_gets_an_answer()
    {
        journal.Refusal = new IncidentException(FailureKind.IncidentClosed, "closed");
        Assert.False((await Services(null).TestResolutionAsync(Scope, CancellationToken.None)).Resolved);
        journal.Refusal = new IncidentException(FailureKind.StoreReadOnly, "read-only");
        await Assert.ThrowsAsync<IncidentException>(() => Services(null).TestResolutionAsync(Scope, CancellationToken.None));
    }

    [Fact]
    public async Task Trap_one_liveness_call_after_sleep_10_is_no_verification_so_it_waits_for_several_in_a_row()
    {
        var asked = 0;
        await using var server = await HealthServer.StartAsync((context, stopping) =>
        {
            context.Response.StatusCode = Interlocked.Increment(ref asked) is 1 or 4 ? 503 : 200;
            return context.Response.WriteAsync("{}", stopping);
        });
        var (healthy, detail) = await Verification.VerifyAsync(Resolved(Environment(server)), TimeSpan.FromMinutes(3), CancellationToken.None);
        Assert.True(healthy, detail);
        Assert.True(asked >= 12, $"{asked} probes for two rounds of two addresses");
    }

    [Fact]
    public async Task Verification_ends_at_its_deadline_with_what_was_found()
    {
        await using var server = await HealthServer.AnsweringAsync(503, "{}");
        var deadline = TimeSpan.FromSeconds(5);
        var (healthy, detail) = await VerifyAsync();
        // A round of probes takes two seconds; on a busy machine it may take longer than the deadline, and then nothing was found.
        for (; detail.StartsWith("The service did not answer", StringComparison.Ordinal) && deadline < TimeSpan.FromMinutes(1); (healthy, detail) = await VerifyAsync())
        {
            deadline *= 2;
        }

        Assert.False(healthy);
        Assert.Contains("503", detail, StringComparison.Ordinal);
        Assert.Null((await Verification.VerifyAsync(Resolved(null), TimeSpan.FromSeconds(2), CancellationToken.None)).Healthy);

        Task<(bool? Healthy, string Detail)> VerifyAsync() => Verification.VerifyAsync(Resolved(Environment(server)), deadline, CancellationToken.None);
    }

    private static ServiceVerification Verification => new(Prober, TimeProvider.System);

    private static Prober Prober => new(new HealthProbe(TimeProvider.System), TimeProvider.System);

    private static OperationsEnvironment Environment(HealthServer server) => new()
    {
        Name = "production",
        Liveness = $"{server.Uri}health/liveness",
        Readiness = $"{server.Uri}health/readiness",
    };

    private static ResolvedScope Resolved(OperationsEnvironment? environment) =>
        new FixedScopes(environment).Resolve(Scope);

    private IServices Services(OperationsEnvironment? environment, params IResolutionContributor[] contributors) =>
        new Rooms.Services(new FixedScopes(environment), journal, Prober, contributors, TimeProvider.System);

    private async Task<List<ServiceHealth>> TestAsync(OperationsEnvironment? environment, ProbeOptions options)
    {
        var results = new List<ServiceHealth>();
        await foreach (var result in Services(environment).TestHealthAsync(Scope, options, CancellationToken.None))
        {
            results.Add(result);
        }

        return results;
    }

    private sealed class Saying(string check, bool? passed) : IResolutionContributor
    {
        public Task<IReadOnlyList<ResolutionCheck>> CheckAsync(ResolvedScope scope, CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlyList<ResolutionCheck>>([new ResolutionCheck(check, passed, "said so")]);
    }
}
