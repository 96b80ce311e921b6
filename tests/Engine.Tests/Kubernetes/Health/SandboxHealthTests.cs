using MalariaIncident;
using MalariaIncident.Engine.Environments;
using MalariaIncident.Engine.Kubernetes;
using MalariaIncident.Engine.Kubernetes.Health;
using MalariaIncident.Sandbox;
using MalariaIncident.Sandbox.World;

namespace Engine.Tests.Kubernetes.Health;

/// <summary>The same reading against a cluster that lives.</summary>
public sealed class SandboxHealthTests
{
    [Fact]
    public async Task A_well_cluster_has_no_critical_finding_and_is_never_written_to()
    {
        await using var world = await StartAsync();
        var health = await ReadAsync(world);
        Assert.True(health.Healthy, health.Describe());
        Assert.Equal(health.Pods, health.ReadyPods);
        Assert.True(health.CpuCores > 0 && health.MemoryBytes > 0);
        Assert.Empty(world.Writes);
    }

    public static TheoryData<string, string, string, string?> Faults => new()
    {
        { "bad-release", "Pod", "CrashLoopBackOff", "Invoke-EmergencyRollback -Environment production" },
        { "image-pull", "Pod", "ImagePullBackOff", "Invoke-EmergencyRollback -Environment production" },
        { "oom", "Pod", "OOMKilled", "Invoke-EmergencyRollback -Environment production" },
        { "crash-loop", "Pod", "CrashLoopBackOff", "Invoke-EmergencyRollback -Environment production" },
        { "node-not-ready", "Node", "NotReady", null },
        { "slow-node", "Node", "DiskPressure", null },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Every_fault_of_the_cluster_is_found_by_its_own_word(string fault, string kind, string reason, string? suggestion)
    {
        await using var world = await StartAsync(fault);
        var health = await ReadAsync(world);
        var finding = health.Findings.FirstOrDefault(candidate => candidate.ObjectKind == kind && candidate.Reason == reason);
        Assert.True(finding is not null, health.Describe());
        Assert.Equal(suggestion, finding.Suggestion);
        if (reason == "CrashLoopBackOff")
        {
            Assert.Contains(health.Findings, one => one.Evidence.Any(line => line.StartsWith("log of api", StringComparison.Ordinal)));
        }
    }

    [Fact]
    public async Task Without_metrics_there_is_a_note()
    {
        await using var world = await StartAsync("no-metrics");
        var health = await ReadAsync(world);
        Assert.Null(health.MemoryBytes);
        Assert.Contains(health.Notes, note => note.Contains("no usage", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("api-429")]
    [InlineData("api-500")]
    [InlineData("api-reset")]
    [InlineData("api-cut")]
    [InlineData("api-truncated")]
    [InlineData("expired-pages")]
    public async Task Passing_trouble_of_the_API_is_read_through(string fault)
    {
        await using var world = await StartAsync();
        await world.InjectAsync(fault, CancellationToken.None);
        var health = await ReadAsync(world);
        Assert.True(health.Pods > 0);
        Assert.Equal(health.Pods, health.ReadyPods);
    }

    [Theory]
    [InlineData("api-503", FailureKind.ClusterRefused)]
    [InlineData("api-proxy", FailureKind.ClusterAnswerInvalid)]
    [InlineData("api-slow", FailureKind.ClusterTimeout)]
    public async Task Lasting_trouble_of_the_API_has_its_name_within_the_deadline(string fault, FailureKind kind)
    {
        await using var world = await StartAsync();
        await world.InjectAsync(fault, CancellationToken.None);
        // What is said at once is not what the deadline is for.
        await Promise.WithinAsync(TimeSpan.FromSeconds(8), () => TransportFixture.FailsAsync(kind, ReadAsync(world, seconds: kind == FailureKind.ClusterTimeout ? 4 : 60)));
    }

    [SkippableFact]
    public async Task What_kubectl_prints_is_what_is_counted()
    {
        Skip.If(!File.Exists("/usr/bin/kubectl") && Environment.GetEnvironmentVariable("MALARIA_INCIDENT_REQUIRE_SERVERS") != "1", "There is no kubectl.");
        await using var world = await StartAsync("image-pull");
        var health = await ReadAsync(world);
        using var kubectl = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo(
            "kubectl", ["--kubeconfig", world.KubeConfig, "get", "pods", "-A", "--no-headers"]) { RedirectStandardOutput = true })!;
        string[] lines = (await kubectl.StandardOutput.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        await kubectl.WaitForExitAsync();
        Assert.Equal(lines.Length, health.Pods);
        Assert.Equal(lines.Count(line => line.Contains("Pull", StringComparison.Ordinal)), health.UnhealthyPods);
    }

    private static Task<SandboxWorld> StartAsync(params string[] faults) =>
        SandboxWorld.StartAsync(new SandboxOptions { Faults = faults, Database = false, Cache = false }, CancellationToken.None);

    private static async Task<ClusterHealth> ReadAsync(SandboxWorld world, int seconds = 60)
    {
        var environment = new OperationsEnvironment
        {
            Name = "production",
            Namespace = ProductionNames.Namespace,
            Deployment = ProductionNames.Deployment,
            Service = ProductionNames.Service,
        };
        var scope = new ResolvedScope
        {
            Typed = new Scope(),
            Environment = environment,
            KubeConfig = world.KubeConfig,
            Namespace = environment.Namespace,
            Deployment = environment.Deployment,
            Timeout = TimeSpan.FromSeconds(seconds),
        };
        // A log of a suspect is waited for five seconds.
        using var connections = new ClusterConnections(new PatientClock(TimeSpan.FromSeconds(5)));
        var connection = await connections.OpenAsync(scope, CancellationToken.None);
        return await new HealthReader(TimeProvider.System, new DetailMemory()).ReadAsync(connection, scope, new HealthOptions(), CancellationToken.None);
    }
}
