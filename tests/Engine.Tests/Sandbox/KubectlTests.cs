using System.Text.RegularExpressions;
using MalariaIncident.Sandbox;
using MalariaIncident.Sandbox.World;

namespace Engine.Tests.Sandbox;

/// <summary>What the runbook types, typed at the real kubectl.</summary>
public sealed class KubectlTests(SandboxFixture fixture) : IClassFixture<SandboxFixture>
{
    private const string Space = "-n " + ProductionNames.Namespace;
    private const string Live = "deployment/" + ProductionNames.Deployment;

    private async Task<string> Run(string line, SandboxWorld? world = null, string? input = null)
    {
        var (code, output, error) = await Kubectl.RunAsync((world ?? fixture.World).KubeConfig, line, input);
        Assert.True(code == 0, $"kubectl {line}: exit {code}\n{output}\n{error}");
        return output;
    }

    private async Task<string> Fail(string line, SandboxWorld? world = null)
    {
        var (code, output, error) = await Kubectl.RunAsync((world ?? fixture.World).KubeConfig, line);
        Assert.True(code != 0, $"kubectl {line} succeeded: {output}");
        return error;
    }

    [SkippableFact]
    public async Task Get_prints_its_tables()
    {
        Assert.Matches(@"(?m)^malaria-prediction-production +postgres-0 +1/1 +Running +0 +\d+d", await Run("get pods --all-namespaces"));
        Assert.Matches(@"(?m)^NAME +STATUS +ROLES +AGE +VERSION +INTERNAL-IP", await Run("get nodes -o wide"));
        Assert.Matches(@"(?m)^sandbox-worker-1 +Ready", await Run("get nodes"));
        Assert.Equal(5, Regex.Count(await Run($"get pods {Space} -l app=malaria-predictor -o name"), "(?m)^pod/"));
        Assert.Equal("blue", await Run($"get service malaria-predictor-service {Space} -o jsonpath={{.spec.selector.version}}"));
        Assert.Equal(await Run($"get pods {Space} -o name"), await Run($"get pods {Space} -o name --chunk-size=2"));
        Assert.Contains("deployment.apps/pgbouncer", await Run($"get all {Space} -o name"), StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Top_adds_up()
    {
        Assert.Matches(@"(?m)^sandbox-worker-1 +\d+m +\d+% +\d+Mi +\d+%", await Run("top nodes"));
        Assert.Equal(5, Regex.Count(await Run($"top pods {Space} -l app=malaria-predictor --no-headers"), @"(?m)^malaria-predictor-api.* \d+m +\d+Mi"));
    }

    [SkippableFact]
    public async Task Describe_knows_conditions_and_events()
    {
        await using var world = await SandboxWorld.StartAsync(new() { Faults = ["bad-release"], Database = false, Cache = false }, CancellationToken.None);
        var pod = await Run($"describe pods {Space} -l version=blue", world);
        Assert.Contains("CrashLoopBackOff", pod, StringComparison.Ordinal);
        Assert.Contains("Back-off restarting failed container api", pod, StringComparison.Ordinal);
        var deployment = await Run($"describe {Live} {Space}", world);
        Assert.Contains("MinimumReplicasUnavailable", deployment, StringComparison.Ordinal);
        Assert.Contains("ScalingReplicaSet", deployment, StringComparison.Ordinal);
        Assert.Contains("Non-terminated Pods:", await Run("describe node sandbox-worker-1", world), StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Logs_of_one_of_all_and_of_the_last_instance()
    {
        await using var world = await SandboxWorld.StartAsync(new() { Faults = ["bad-release"], Database = false, Cache = false }, CancellationToken.None);
        Assert.Contains("startup failed", await Run($"logs {Live} {Space} -c api --tail=100", world), StringComparison.Ordinal);
        Assert.Contains("Traceback", await Run($"logs {Space} -l version=blue -c api --previous --tail=20", world), StringComparison.Ordinal);
        Assert.Equal(2, Regex.Count(await Run($"logs {Space} -l version=green -c api --tail=1", world), "(?m)^\\{"));
        Assert.Contains("not found", await Fail($"logs ghost {Space}", world), StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Undo_status_history_scale_env_patch_and_restart()
    {
        await using var world = await SandboxWorld.StartAsync(new() { Faults = ["bad-release"], Database = false, Cache = false }, CancellationToken.None);
        Assert.Matches(@"(?m)^3 +release 1\.5\.0", await Run($"rollout history {Live} {Space}", world));
        await Run($"rollout undo {Live} {Space}", world);
        Assert.EndsWith(":1.5.0", await Run($"get {Live} {Space} -o jsonpath={{.spec.template.spec.containers[0].image}}", world), StringComparison.Ordinal);
        await Run($"rollout undo {Live} {Space} --to-revision=2", world);
        await Run($"rollout status {Live} {Space} --timeout=150s", world);
        Assert.EndsWith(":1.4.2", await Run($"get {Live} {Space} -o jsonpath={{.spec.template.spec.containers[0].image}}", world), StringComparison.Ordinal);
        await Run($"set env {Live} {Space} -c api FEATURE_ML_PREDICTIONS=false FEATURE_BACKGROUND_JOBS=false", world);
        var variables = await Run($"set env {Live} {Space} --list", world);
        Assert.Contains("FEATURE_BACKGROUND_JOBS=false", variables, StringComparison.Ordinal);
        Assert.Contains("# DATABASE_URL from secret malaria-predictor-secrets", variables, StringComparison.Ordinal);
        await Run($"scale {Live} {Space} --replicas=5", world);
        Assert.Contains("Expected replicas to be 4, was 5", await Fail($"scale {Live} {Space} --replicas=1 --current-replicas=4", world), StringComparison.Ordinal);
        await Run($"patch {Live} {Space} --patch={Limits("api")}", world);
        Assert.Contains("image: Required value", await Fail($"patch {Live} {Space} --patch={Limits("web")}", world), StringComparison.Ordinal);
        await Run($"rollout restart deployment/pgbouncer {Space}", world);
        await Run($"rollout status deployment/pgbouncer {Space} --timeout=150s", world);
        await Run($"rollout status {Live} {Space} --timeout=150s", world);
        Assert.Equal("5", await Run($"get {Live} {Space} -o jsonpath={{.status.readyReplicas}}", world));
    }

    private static string Limits(string container) =>
        """{"spec":{"template":{"spec":{"containers":[{"name":"NAME","resources":{"limits":{"memory":"8Gi","cpu":"4000m"}}}]}}}}""".Replace("NAME", container, StringComparison.Ordinal);

    [SkippableFact]
    public async Task Exec_runs_reads_and_fails()
    {
        Assert.Equal("hello world\n", await Run($"exec {Live} {Space} -c api -- echo hello world"));
        Assert.Contains("FEATURE_ML_PREDICTIONS=true", await Run($"exec {Live} {Space} -c api -- env"), StringComparison.Ordinal);
        Assert.Equal("from here", await Run($"exec -i {Live} {Space} -c api -- cat", input: "from here"));
        Assert.Contains("exit code 127", await Fail($"exec {Live} {Space} -c api -- python -c pass"), StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task A_watch_of_get_shows_a_pod_go_and_another_come()
    {
        await using var world = await SandboxWorld.StartAsync(new() { Database = false, Cache = false }, CancellationToken.None);
        var watching = Kubectl.UntilAsync(world.KubeConfig, $"get pods {Space} -l app=pgbouncer -w --no-headers", "Terminating", "ContainerCreating");
        await world.WaitAsync(() => world.Requests.Any(request => request.Query.Contains("watch=true", StringComparison.Ordinal)), CancellationToken.None);
        await Run($"delete pod {Space} -l app=pgbouncer --wait=false", world);
        await watching;
    }

    [SkippableFact]
    public async Task Errors_read_as_they_do_elsewhere()
    {
        Assert.StartsWith("Error from server (NotFound): deployments.apps \"ghost\" not found", await Fail($"get deployment ghost {Space}"), StringComparison.Ordinal);
        Assert.Contains("the server doesn't have a resource type \"wishes\"", await Fail("get wishes"), StringComparison.Ordinal);
        Assert.Contains("is forbidden: User \"sandbox-viewer\" cannot patch resource \"deployments\"", await Fail($"--context sandbox-viewer set image {Live} {Space} api=x:1"), StringComparison.Ordinal);
        Assert.Equal("yes\n", await Run($"auth can-i patch deployments {Space}"));
        Assert.Equal("no\n", (await Kubectl.RunAsync(fixture.World.KubeConfig, $"--context sandbox-viewer auth can-i patch deployments.apps --subresource=scale {Space}")).Output);
    }
}
