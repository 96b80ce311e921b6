using k8s;
using MalariaIncident;

namespace Engine.Tests.Kubernetes;

[Collection(nameof(ProcessEnvironment))]
public sealed class TransportWriteTests
{
    [Fact]
    public async Task A_write_is_sent_once()
    {
        await using var fixture = await TransportFixture.StartAsync(ApiServer.Deployment());
        await fixture.PatchAsync();
        Assert.Equal("PATCH", fixture.Server.Seen.Single().Method);
    }

    [Theory]
    [InlineData(500)]
    [InlineData(503)]
    [InlineData(504)]
    public async Task A_server_failure_leaves_doubt_and_is_not_sent_again(int code)
    {
        await using var fixture = await TransportFixture.StartAsync(ApiServer.Status(code, "InternalError", "etcd is away"), ApiServer.Deployment());
        await TransportFixture.FailsAsync(FailureKind.OutcomeUnknown, fixture.PatchAsync());
        Assert.Equal(1, fixture.Server.Count);
    }

    public static TheoryData<string> LostAnswers => ["reset", "half", "silence", "truncated", "nothing"];

    [Theory]
    [MemberData(nameof(LostAnswers))]
    public async Task A_lost_answer_is_unknown_and_is_not_sent_again(string how)
    {
        await using var fixture = await TransportFixture.StartAsync(
            how switch
            {
                "reset" => ApiServer.Reset(),
                "half" => ApiServer.HalfAndReset(),
                "silence" => ApiServer.Silence(),
                "truncated" => ApiServer.Json(200, """{"kind":"Deployment","metadata":{"na"""),
                _ => ApiServer.Json(200, "null"),
            },
            ApiServer.Deployment());
        await TransportFixture.FailsAsync(FailureKind.OutcomeUnknown, how == "silence" ? fixture.OverdueAsync(seconds => fixture.PatchAsync(seconds), () => fixture.Server.Count > 0) : fixture.PatchAsync());
        Assert.Equal(1, fixture.Server.Count);
    }

    [Fact]
    public async Task Too_many_requests_is_refused_before_acting_and_so_sent_again()
    {
        await using var fixture = await TransportFixture.StartAsync(ApiServer.Status(429, "TooManyRequests", "later"), ApiServer.Deployment());
        await fixture.PatchAsync();
        Assert.Equal(2, fixture.Server.Count);
    }

    [Theory]
    [InlineData(409, "Conflict", "the object has been modified", "deployments", "api")]
    [InlineData(422, "Invalid", "the server rejected our request due to an error in our request", "", "")]
    public async Task A_conflict_and_a_failed_test_say_that_the_object_changed(int code, string reason, string message, string kind, string name)
    {
        await using var fixture = await TransportFixture.StartAsync(ApiServer.Status(code, reason, message, kind, name));
        await TransportFixture.FailsAsync(FailureKind.ObjectChanged, fixture.PatchAsync());
        Assert.Equal(1, fixture.Server.Count);
    }

    [Theory]
    [InlineData("spec.replicas: must be positive")]
    [InlineData("spec.template.spec.containers[0].image: Invalid value: api:latest,")]
    public async Task A_validation_failure_is_refused_with_the_servers_words(string message)
    {
        await using var fixture = await TransportFixture.StartAsync(ApiServer.Status(422, "Invalid", message, "Deployment", "api"));
        var failure = await TransportFixture.FailsAsync(FailureKind.ClusterRefused, fixture.PatchAsync());
        Assert.Contains(message, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_connection_that_never_stood_leaves_no_doubt()
    {
        using var file = new KubeConfigFile(new Uri("https://127.0.0.1:1"));
        using var connections = new MalariaIncident.Engine.Kubernetes.ClusterConnections();
        var connection = await connections.OpenAsync(file.Scope(), CancellationToken.None);
        await TransportFixture.FailsAsync(
            FailureKind.ClusterUnreachable,
            connection.WriteAsync(
                "Changing deployment/api",
                TimeSpan.FromMinutes(1),
                (client, token) => client.AppsV1.PatchNamespacedDeploymentAsync(
                    new k8s.Models.V1Patch("[]", k8s.Models.V1Patch.PatchType.JsonPatch), "api", "team", cancellationToken: token),
                CancellationToken.None));
    }

    [Fact]
    public async Task A_read_can_never_write()
    {
        await using var fixture = await TransportFixture.StartAsync(ApiServer.Deployment());
        var failure = await Assert.ThrowsAsync<IncidentException>(() => fixture.Connection.ReadAsync(
            "Reading",
            TimeSpan.FromMinutes(1),
            (client, token) => client.AppsV1.DeleteNamespacedDeploymentAsync("api", "team", cancellationToken: token),
            CancellationToken.None));
        Assert.Equal(FailureKind.EngineFailed, failure.Kind);
        Assert.Equal(0, fixture.Server.Count);
    }

    [Fact]
    public async Task Read_only_mode_stops_a_write_before_anything_leaves()
    {
        using var readOnly = new ProcessEnvironment("MALARIA_INCIDENT_READONLY", "1");
        await using var fixture = await TransportFixture.StartAsync(ApiServer.Deployment());
        await TransportFixture.FailsAsync(FailureKind.ReadOnlyMode, fixture.PatchAsync());
        Assert.Equal(0, fixture.Server.Count);
        Assert.Equal("api", (await fixture.ReadAsync()).Metadata.Name);
    }
}
