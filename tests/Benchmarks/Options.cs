using System.Globalization;

namespace Benchmarks;

/// <summary>The command line.</summary>
internal sealed record Options
{
    public const string Usage = """
        dotnet run -c Release --project tests/Benchmarks -- [options]
          --only <names>          health, logs, first, queries, activity, rollback; several with commas; all when left away
          --pods <n> --nodes <n>  size of the sandbox (10000, 500)
          --runs <n>              runs of everything (5)
          --replicas <n>          pods whose logs are counted (30)
          --backends <n>          sessions that are stuck (500)
          --activity <n>          sessions whose activity is read (5000)
          --kubectl <path>        (kubectl)
          --host <path>           the host to start: one published for this platform, and the module beside it (the built ones)
          --pwsh <path>           measures new pwsh processes, too
        instead of the sandbox, for health, logs and first:
          --kubeconfig <file>     a cluster of your own
          --server-pid <pid>      its API server, where that runs on this machine
          --deployment <ns/name>  the deployment whose logs are counted
          --roll                  rollback as well: this changes the deployment's image, twice a run
        """;

    public IReadOnlyList<string> Only { get; init; } = ["health", "logs", "first", "queries", "activity", "rollback"];
    public int Pods { get; init; } = 10_000;
    public int Nodes { get; init; } = 500;
    public int Runs { get; init; } = 5;
    public int Replicas { get; init; } = 30;
    public int Backends { get; init; } = 500;
    public int Activity { get; init; } = 5000;
    public string Kubectl { get; init; } = "kubectl";
    public string Host { get; init; } = Programs.Host;
    public string? Pwsh { get; init; }
    public string? KubeConfig { get; init; }
    public int? ServerPid { get; init; }
    public string Deployment { get; init; } = "malaria-prediction-production/malaria-predictor-api";
    public bool Roll { get; init; }

    /// <summary>ArgumentException for what is not an option.</summary>
    public static Options Parse(string[] args)
    {
        var options = new Options();
        for (int index = 0; index < args.Length; index++)
        {
            string name = args[index];
            string Value() => ++index < args.Length ? args[index] : throw new ArgumentException($"{name} needs a value.");
            int Number() => int.Parse(Value(), CultureInfo.InvariantCulture);
            options = name switch
            {
                "--only" => options with { Only = Value().Split(',') },
                "--pods" => options with { Pods = Number() },
                "--nodes" => options with { Nodes = Number() },
                "--runs" => options with { Runs = Number() },
                "--replicas" => options with { Replicas = Number() },
                "--backends" => options with { Backends = Number() },
                "--activity" => options with { Activity = Number() },
                "--kubectl" => options with { Kubectl = Value() },
                "--host" => options with { Host = Path.GetFullPath(Value()) },
                "--pwsh" => options with { Pwsh = Value() },
                "--kubeconfig" => options with { KubeConfig = Path.GetFullPath(Value()) },
                "--server-pid" => options with { ServerPid = Number() },
                "--deployment" => options with { Deployment = Value() },
                "--roll" => options with { Roll = true },
                _ => throw new ArgumentException($"{name} is not an option."),
            };
        }

        return options;
    }
}
