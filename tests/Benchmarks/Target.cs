using System.Diagnostics;

namespace Benchmarks;

/// <summary>What is measured against: a cluster, and the environment file that leads to it.</summary>
internal sealed class Target(string kubeConfig, string environmentFile, string deployment, string kubectl, int? serverPid)
{
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(3);

    private TimeSpan idleCpu;

    public string KubeConfig => kubeConfig;
    public string EnvironmentFile => environmentFile;
    public string Kubectl => kubectl;
    public string Namespace { get; } = deployment.Split('/')[0];
    public string Deployment { get; } = deployment.Split('/')[^1];

    /// <summary>Makes this the world of commands that run in this process, with a journal of its own.</summary>
    public void Enter()
    {
        foreach ((string name, string value) in Variables)
        {
            Environment.SetEnvironmentVariable(name, value);
        }
    }

    public (string Name, string Value)[] Variables =>
    [
        ("KUBECONFIG", KubeConfig),
        ("MALARIA_INCIDENT_ENVIRONMENTS", EnvironmentFile),
        ("MALARIA_INCIDENT_STORE", Path.Combine(Path.GetDirectoryName(EnvironmentFile)!, "journal.db")),
    ];

    public Measured RunKubectl(string arguments) => Programs.Run(kubectl, ["--kubeconfig", kubeConfig, .. arguments.Split(' ')]);

    /// <summary>What the server does without us, so that it can be taken off.</summary>
    public async Task LearnIdleAsync()
    {
        if (serverPid is not null)
        {
            await Task.Delay(Idle);
            TimeSpan before = ServerCpu();
            await Task.Delay(Idle);
            idleCpu = ServerCpu() - before;
        }
    }

    /// <summary>Measures, and adds what the server used meanwhile.</summary>
    public async Task<Measured> WithServerAsync(Func<Task<Measured>> measure)
    {
        TimeSpan before = ServerCpu();
        var clock = Stopwatch.StartNew();
        Measured measured = await measure();
        TimeSpan used = ServerCpu() - before - (idleCpu * (clock.Elapsed / Idle));
        return measured with { ServerCpu = used > TimeSpan.Zero ? used : TimeSpan.Zero };
    }

    private TimeSpan ServerCpu()
    {
        if (serverPid is not { } pid)
        {
            return TimeSpan.Zero;
        }

        using Process server = Process.GetProcessById(pid);
        return server.TotalProcessorTime;
    }
}
