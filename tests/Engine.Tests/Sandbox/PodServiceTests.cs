using System.Buffers.Binary;
using System.Text;
using k8s;
using k8s.Models;
using MalariaIncident.Sandbox;
using MalariaIncident.Sandbox.World;

namespace Engine.Tests.Sandbox;

/// <summary>Logs, exec and port-forward, over KubernetesClient where it speaks them.</summary>
public sealed class PodServiceTests(SandboxFixture fixture) : IClassFixture<SandboxFixture>
{
    private const string Pods = $"/api/v1/namespaces/{ProductionNames.Namespace}/pods";

    private ApiUnderTest Api => fixture.Api;

    private static async Task<string> PodAsync(ApiUnderTest api, string label) =>
        (string)(await api.GetAsync($"{Pods}?labelSelector={Uri.EscapeDataString(label)}")).MustSucceed()["items"]![0]!["metadata"]!["name"]!;

    private static k8s.Kubernetes Client(SandboxWorld world) => new(KubernetesClientConfiguration.BuildConfigFromConfigFile(world.KubeConfig));

    [Fact]
    public async Task Logs_come_by_container_tail_and_time_and_say_the_same_twice()
    {
        var pod = await PodAsync(Api, "version=blue");
        var tail = (await Api.GetAsync($"{Pods}/{pod}/log?container=api&tailLines=5&timestamps=true")).Text;
        Assert.Equal(5, tail.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.All(tail.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => Assert.Matches(@"^\d{4}-\d\d-\d\dT[\d:.]+Z \{""timestamp"":", line));
        var minute = (await Api.GetAsync($"{Pods}/{pod}/log?container=api&sinceSeconds=60")).Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.InRange(minute.Length, 55, 62);
        var again = (await Api.GetAsync($"{Pods}/{pod}/log?container=api&sinceSeconds=600")).Text;
        Assert.Contains(minute[10], again, StringComparison.Ordinal);
        Assert.Equal(100, (await Api.GetAsync($"{Pods}/{pod}/log?container=api&limitBytes=100")).Text.Length);
    }

    [Fact]
    public async Task A_log_of_nobody_in_particular_is_refused_with_the_names()
    {
        var pod = await PodAsync(Api, "version=blue");
        Assert.Equal($"a container name must be specified for pod {pod}, choose one of: [api metrics]", (await Api.GetAsync($"{Pods}/{pod}/log")).MustFail(400, "BadRequest"));
        Assert.Equal($"container web is not valid for pod {pod}", (await Api.GetAsync($"{Pods}/{pod}/log?container=web")).MustFail(400, "BadRequest"));
        Assert.Equal($"previous terminated container \"api\" in pod \"{pod}\" not found", (await Api.GetAsync($"{Pods}/{pod}/log?container=api&previous=true")).MustFail(400, "BadRequest"));
    }

    [Fact]
    public async Task A_crashed_container_left_the_reason_in_its_previous_log()
    {
        await using var world = await SandboxWorld.StartAsync(new() { Faults = ["bad-release"], Database = false, Cache = false }, CancellationToken.None);
        using var api = SandboxFixture.ApiOf(world);
        var pod = await PodAsync(api, "version=blue");
        var log = (await api.GetAsync($"{Pods}/{pod}/log?container=api&previous=true")).Text;
        Assert.Contains("\"level\":\"ERROR\"", log, StringComparison.Ordinal);
        Assert.Contains("Traceback (most recent call last):", log, StringComparison.Ordinal);
        Assert.EndsWith("startup failed, exit code 1\"}\n", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_followed_log_goes_on()
    {
        var pod = await PodAsync(Api, "version=blue");
        using var answer = await Api.Client.GetAsync($"{Pods}/{pod}/log?container=api&tailLines=1&follow=true", HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync());
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        var lines = new[] { await reader.ReadLineAsync(deadline.Token), await reader.ReadLineAsync(deadline.Token), await reader.ReadLineAsync(deadline.Token) };
        Assert.Equal(3, lines.Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public async Task A_command_in_a_container_answers_and_fails_as_commands_do()
    {
        using var client = Client(fixture.World);
        var pod = await PodAsync(Api, "version=blue");
        var (output, code) = await RunAsync(client, pod, "printenv", "FEATURE_BACKGROUND_JOBS");
        Assert.Equal(("true\n", 0), (output, code));
        Assert.Equal(127, (await RunAsync(client, pod, "python", "-c", "print(1)")).Code);
    }

    [SkippableFact]
    public async Task Port_forward_reaches_the_database()
    {
        await using var world = await SandboxWorld.StartAsync(new() { Cache = false }, CancellationToken.None);
        Skip.If(world.Database is null && Environment.GetEnvironmentVariable("MALARIA_INCIDENT_REQUIRE_SERVERS") != "1", "No PostgreSQL is installed here.");
        using var client = Client(world);
        var socket = await client.WebSocketNamespacedPodPortForwardAsync("postgres-0", ProductionNames.Namespace, [5432], "v4.channel.k8s.io");
        using var demuxer = new StreamDemuxer(socket, StreamType.PortForward);
        demuxer.Start();
        await using var stream = demuxer.GetStream((byte?)0, (byte?)0);
        var question = new byte[8];
        BinaryPrimitives.WriteInt32BigEndian(question, 8);
        BinaryPrimitives.WriteInt32BigEndian(question.AsSpan(4), 80877103);
        await stream.WriteAsync(question);
        var answer = new byte[1];
        // SSLRequest: a PostgreSQL says S or N, and nobody else does.
        Assert.Equal(1, await stream.ReadAsync(answer));
        Assert.Contains((char)answer[0], "SN");
    }

    [SkippableFact]
    public async Task A_blocked_table_makes_the_application_unready_until_its_blocker_ends()
    {
        await using var world = await SandboxWorld.StartAsync(new() { Faults = ["blocked-table"], Cache = false }, CancellationToken.None);
        Skip.If(world.Database is null && Environment.GetEnvironmentVariable("MALARIA_INCIDENT_REQUIRE_SERVERS") != "1", "No PostgreSQL is installed here.");
        using var client = new HttpClient();
        using var sick = await client.GetAsync(new Uri(world.Application, "/health/readiness"));
        Assert.Equal(503, (int)sick.StatusCode);
        Assert.Contains("no answer from table predictions", await sick.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(200, (int)(await client.GetAsync(new Uri(world.Application, "/health/liveness"))).StatusCode);
        await world.Database!.ExecuteAsync($"SELECT pg_terminate_backend({world.Stuck!.Blocker})");
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while ((int)(await client.GetAsync(new Uri(world.Application, "/health/readiness"), deadline.Token)).StatusCode != 200) await Task.Delay(50, deadline.Token);
    }

    private static async Task<(string Output, int Code)> RunAsync(k8s.Kubernetes client, string pod, params string[] command)
    {
        var output = "";
        var code = await client.NamespacedPodExecAsync(pod, ProductionNames.Namespace, "api", command, false, async (_, stdout, _) =>
        {
            using var reader = new StreamReader(stdout, Encoding.UTF8);
            output = await reader.ReadToEndAsync();
        }, CancellationToken.None);
        return (output, code);
    }
}
