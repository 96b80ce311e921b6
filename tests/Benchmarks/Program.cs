using System.Globalization;
using Benchmarks;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
if (args is [StuckDatabase.Verb, var connection, var sessions])
{
    await StuckDatabase.HoldAsync(connection, int.Parse(sessions, CultureInfo.InvariantCulture));
    return 0;
}

if (args is [OpenTransactions.Verb, var address, var count])
{
    await OpenTransactions.HoldAsync(address, int.Parse(count, CultureInfo.InvariantCulture));
    return 0;
}

Options options;
try
{
    options = Options.Parse(args);
}
catch (Exception wrong) when (wrong is ArgumentException or FormatException)
{
    await Console.Error.WriteLineAsync(wrong.Message + Environment.NewLine + Options.Usage);
    return 2;
}

Console.WriteLine($"{DateTime.UtcNow:yyyy-MM-dd HH:mm} UTC, {Environment.ProcessorCount} cores, load {Load()} at the beginning");
var scores = new Scoreboard();
if (options.KubeConfig is { } kubeConfig)
{
    await OwnClusterAsync(kubeConfig);
}
else
{
    await SandboxAsync();
}

if (options.Only.Contains("queries"))
{
    await new LongQueryBenchmark(options, scores).RunAsync();
}

if (options.Only.Contains("activity"))
{
    await new ActivityBenchmark(options, scores).RunAsync();
}

scores.Print();
Console.WriteLine($"load {Load()} at the end");
return 0;

async Task SandboxAsync()
{
    if (options.Only.Contains("health") || options.Only.Contains("first"))
    {
        using var large = SandboxProgram.Start(options.Pods, options.Nodes, replicas: 3);
        var target = new Target(large.KubeConfig, large.EnvironmentFile, options.Deployment, options.Kubectl, large.ProcessId);
        target.Enter();
        if (options.Only.Contains("health"))
        {
            await new ClusterHealthBenchmark(target, options, scores).RunAsync();
        }

        if (options.Only.Contains("first"))
        {
            new FirstCallBenchmark(target, options, scores).Run();
        }
    }

    if (options.Only.Contains("logs"))
    {
        using var loud = SandboxProgram.Start(pods: 0, nodes: 0, options.Replicas);
        var target = new Target(loud.KubeConfig, loud.EnvironmentFile, options.Deployment, options.Kubectl, loud.ProcessId);
        target.Enter();
        await new LogBenchmark(target, options, scores).RunAsync();
    }

    if (options.Only.Contains("rollback"))
    {
        using var small = SandboxProgram.Start(pods: 0, nodes: 0, replicas: 3);
        var target = new Target(small.KubeConfig, small.EnvironmentFile, options.Deployment, options.Kubectl, small.ProcessId);
        target.Enter();
        string liveness = File.ReadLines(small.EnvironmentFile).First(line => line.Contains("liveness:", StringComparison.Ordinal)).Split(": ")[1].Trim();
        await new RollbackBenchmark(target, liveness, options, scores).RunAsync();
    }
}

async Task OwnClusterAsync(string kubeConfig)
{
    using var service = new HealthyService();
    string directory = Directory.CreateTempSubdirectory("malaria-benchmark-").FullName;
    string environments = Path.Combine(directory, "environments.yaml");
    await File.WriteAllTextAsync(environments, $"""
        default: measured
        environments:
          measured:
            kubeConfig: '{kubeConfig}'
            liveness: {service.Address}
        """);
    var target = new Target(kubeConfig, environments, options.Deployment, options.Kubectl, options.ServerPid);
    target.Enter();
    if (options.Only.Contains("health"))
    {
        await new ClusterHealthBenchmark(target, options, scores).RunAsync();
    }

    if (options.Only.Contains("first"))
    {
        new FirstCallBenchmark(target, options, scores).Run();
    }

    if (options.Only.Contains("logs"))
    {
        await new LogBenchmark(target, options, scores).RunAsync();
    }

    if (options.Only.Contains("rollback") && options.Roll)
    {
        await new RollbackBenchmark(target, service.Address, options, scores).RunAsync();
    }

    Directory.Delete(directory, recursive: true);
}

static string Load() => File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : "unknown";
