using System.Net;
using MalariaIncident.Sandbox;
using MalariaIncident.Sandbox.Faults;
using MalariaIncident.Sandbox.Kubernetes.Security;
using MalariaIncident.Sandbox.World;

namespace Engine.Tests.Sandbox;

/// <summary>The API misbehaving, one way after the other, and the record of what it was asked.</summary>
public sealed class ApiFaultTests(SandboxFixture fixture) : IClassFixture<SandboxFixture>
{
    private const string Deployments = $"/apis/apps/v1/namespaces/{ProductionNames.Namespace}/deployments";
    private const string Live = $"{Deployments}/{ProductionNames.Deployment}";

    private SandboxWorld World => fixture.World;
    private ApiUnderTest Api => fixture.Api;

    [Fact]
    public async Task A_429_says_when_to_come_back()
    {
        World.Inject("storm", new ApiFault { Kind = ApiFaultKind.TooManyRequests, Count = 1, RetryAfter = "7", Matches = Mine("429") });
        using var answer = await Api.Client.GetAsync(Deployments + "?fieldManager=429");
        Assert.Equal(HttpStatusCode.TooManyRequests, answer.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(7), answer.Headers.RetryAfter?.Delta);
        (await Api.GetAsync(Deployments + "?fieldManager=429")).MustSucceed();
    }

    [Fact]
    public async Task A_lost_answer_leaves_the_change_done()
    {
        World.Inject("lost", new ApiFault { Kind = ApiFaultKind.LoseAnswer, Count = 1, Matches = Mine("lost") });
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => Api.PatchAsync(Live + "?fieldManager=lost", ApiUnderTest.MergePatch, """{"metadata":{"annotations":{"lost":"but done"}}}"""));
        Assert.Equal("but done", (string?)(await Api.GetAsync(Live)).Json["metadata"]!["annotations"]!["lost"]);
    }

    [Fact]
    public async Task A_reset_leaves_everything_undone()
    {
        World.Inject("reset", new ApiFault { Kind = ApiFaultKind.Reset, Count = 1, Matches = Mine("reset") });
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => Api.PatchAsync(Live + "?fieldManager=reset", ApiUnderTest.MergePatch, """{"metadata":{"annotations":{"reset":"undone"}}}"""));
        Assert.Null((await Api.GetAsync(Live)).Json["metadata"]!["annotations"]!["reset"]);
    }

    [Fact]
    public async Task A_cut_comes_in_the_middle_of_the_body()
    {
        World.Inject("cut", new ApiFault { Kind = ApiFaultKind.CutInBody, Count = 1, Matches = Mine("cut") });
        using var answer = await Api.Client.GetAsync(Deployments + "?fieldManager=cut", HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await Assert.ThrowsAnyAsync<Exception>(() => answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Truncated_JSON_comes_with_a_length_that_agrees()
    {
        World.Inject("truncated", new ApiFault { Kind = ApiFaultKind.TruncatedJson, Count = 1, Matches = Mine("truncated") });
        var answer = await Api.GetAsync(Deployments + "?fieldManager=truncated");
        Assert.Equal(HttpStatusCode.OK, answer.Code);
        Assert.ThrowsAny<System.Text.Json.JsonException>(() => answer.Json);
    }

    [Fact]
    public async Task A_slow_body_is_held_back_behind_its_headers()
    {
        World.Inject("slow", new ApiFault { Kind = ApiFaultKind.SlowBody, Count = 1, Pause = TimeSpan.FromMinutes(1), Matches = Mine("slow") });
        using var answer = await Api.Client.GetAsync(Deployments + "?fieldManager=slow", HttpCompletionOption.ResponseHeadersRead);
        using var impatient = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer.Content.ReadAsStringAsync(impatient.Token));
    }

    [Fact]
    public async Task A_continue_token_and_a_watch_from_before_a_compaction_are_410()
    {
        await using var world = await SandboxWorld.StartAsync(new() { Database = false, Cache = false }, CancellationToken.None);
        using var api = SandboxFixture.ApiOf(world);
        var page = (await api.GetAsync("/api/v1/pods?limit=2")).MustSucceed();
        var (token, version) = (Uri.EscapeDataString((string)page["metadata"]!["continue"]!), (string)page["metadata"]!["resourceVersion"]!);
        await world.InjectAsync("expired-pages", CancellationToken.None);
        var expired = await api.GetAsync("/api/v1/pods?limit=2&continue=" + token);
        Assert.Contains("too old to display a consistent list result", expired.MustFail(410, "Expired"), StringComparison.Ordinal);
        // The answer offers to go on in the list as it is now; whoever takes it has no list of one moment any more.
        var offered = (await api.GetAsync("/api/v1/pods?continue=" + Uri.EscapeDataString((string)expired.Json["metadata"]!["continue"]!))).MustSucceed();
        Assert.Equal(world.Store.List(MalariaIncident.Sandbox.Kubernetes.Storage.ResourceKinds.Pods, null, out _).Count - 2, offered["items"]!.AsArray().Count);
        await foreach (var (type, status) in api.WatchAsync("/api/v1/pods?watch=true&resourceVersion=" + version))
        {
            Assert.Equal("ERROR", type);
            Assert.Equal(410, (int)status["code"]!);
        }
    }

    [Fact]
    public async Task What_is_taken_from_everyone_is_403_and_the_review_says_so()
    {
        await using var world = await SandboxWorld.StartAsync(new() { Database = false, Cache = false, Faults = ["forbidden"] }, CancellationToken.None);
        using var api = SandboxFixture.ApiOf(world);
        (await api.PatchAsync(Live, ApiUnderTest.MergePatch, """{"spec":{"replicas":1}}""")).MustFail(403, "Forbidden");
        (await api.PatchAsync(Live + "/scale", ApiUnderTest.MergePatch, """{"spec":{"replicas":1}}""")).MustFail(403, "Forbidden");
        (await api.GetAsync(Live)).MustSucceed();
    }

    [Fact]
    public async Task Every_request_is_on_record_and_reads_are_no_writes()
    {
        await using var world = await SandboxWorld.StartAsync(new() { Database = false, Cache = false }, CancellationToken.None);
        using var api = SandboxFixture.ApiOf(world);
        (await api.GetAsync(Live)).MustSucceed();
        (await api.PatchAsync(Live + "?dryRun=All", ApiUnderTest.MergePatch, """{"spec":{"replicas":1}}""")).MustSucceed();
        await api.SendAsync(HttpMethod.Post, "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
            System.Text.Json.Nodes.JsonNode.Parse("""{"kind":"SelfSubjectAccessReview","apiVersion":"authorization.k8s.io/v1","spec":{"resourceAttributes":{"verb":"get","resource":"pods"}}}"""));
        Assert.Empty(world.Writes);
        (await api.PatchAsync(Live, ApiUnderTest.MergePatch, """{"metadata":{"annotations":{"a":"b"}}}""")).MustSucceed();
        var write = Assert.Single(world.Writes);
        Assert.Equal(("PATCH", Live, ApiUnderTest.MergePatch, "contract-tests/1.0", "sandbox-admin", 200),
            (write.Method, write.Path, write.ContentType, write.UserAgent, write.User, write.StatusCode));
        Assert.Contains("\"a\":\"b\"", write.Body, StringComparison.Ordinal);
        Assert.Equal(4, world.Requests.Count);
    }

    [Theory]
    [InlineData(ServerCertificate.WrongName)]
    [InlineData(ServerCertificate.WrongAuthority)]
    [InlineData(ServerCertificate.Expired)]
    public async Task A_wrong_certificate_is_refused_by_whoever_looks(ServerCertificate certificate)
    {
        await using var world = await SandboxWorld.StartAsync(new() { Database = false, Cache = false, Certificate = certificate }, CancellationToken.None);
        using var api = SandboxFixture.ApiOf(world);
        await Assert.ThrowsAsync<HttpRequestException>(() => api.GetAsync(Live));
        Assert.Empty(world.Requests);
    }

    [SkippableFact]
    public void Files_with_credentials_are_their_owners_alone()
    {
        Skip.If(OperatingSystem.IsWindows(), "Windows has no file modes.");
        const UnixFileMode owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        Assert.Equal(owner, File.GetUnixFileMode(World.KubeConfig));
        Assert.Equal(owner, File.GetUnixFileMode(World.EnvironmentFile));
    }

    /// <summary>The tests share a world: a fault is for the requests of its own test.</summary>
    private static Func<RecordedRequest, bool> Mine(string mark) => request => request.Query.Contains("fieldManager=" + mark, StringComparison.Ordinal);
}
