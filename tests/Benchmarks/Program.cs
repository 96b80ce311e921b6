using System.Globalization;
using Benchmarks;

// Benchmarks [--pods 10000] [--nodes 500] [--runs 5] [--kubeconfig path]
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
int Number(string option, int otherwise) =>
    Array.IndexOf(args, option) is >= 0 and int place && place + 1 < args.Length ? int.Parse(args[place + 1], CultureInfo.InvariantCulture) : otherwise;

int runs = Number("--runs", 5);
if (Array.IndexOf(args, "--kubeconfig") is >= 0 and int at && at + 1 < args.Length)
{
    await new ClusterHealthBenchmark(args[at + 1], runs, () => TimeSpan.Zero).RunAsync();
    return;
}

using var sandbox = SandboxProgram.Start(Number("--pods", 10_000), Number("--nodes", 500));
await new ClusterHealthBenchmark(sandbox.KubeConfig, runs, () => sandbox.Cpu).RunAsync();
