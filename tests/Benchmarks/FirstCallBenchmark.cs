using System.Globalization;

namespace Benchmarks;

/// <summary>The first call to the cluster in a fresh session, against an empty HTTPS request to the same server in a session just as fresh.</summary>
internal sealed class FirstCallBenchmark(Target target, Options options, Scoreboard scores)
{
    private const double Wanted = 350;

    public void Run()
    {
        string server = Programs.Ask(target.Kubectl,
            ["--kubeconfig", target.KubeConfig, "config", "view", "--minify", "-o", "jsonpath={.clusters[0].cluster.server}"]).Output.Trim();
        // A script block cannot judge a certificate on another thread, so the handler's own switch is used.
        string floor = $"$h = [Net.Http.HttpClientHandler]::new(); $h.ServerCertificateCustomValidationCallback = [Net.Http.HttpClientHandler]::DangerousAcceptAnyServerCertificateValidator; $null = [Net.Http.HttpClient]::new($h).GetAsync('{server}/livez').Result";
        var calls = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["an empty HTTPS request"] = floor,
            ["Get-RolloutHistory"] = $"$null = Get-RolloutHistory -Namespace {target.Namespace} -Deployment {target.Deployment}",
            ["Get-ClusterHealth of one namespace"] = $"$null = Get-ClusterHealth -Namespace {target.Namespace}",
        };
        foreach (var (name, _, ask) in new Sessions(options, target).All())
        {
            var times = calls.ToDictionary(call => call.Key, _ => new List<double>(), StringComparer.Ordinal);
            for (int run = 0; run < options.Runs; run++)
            {
                foreach ((string what, string script) in calls)
                {
                    times[what].Add(double.Parse(ask($"$null = Get-Command Get-ClusterHealth; $c = [Diagnostics.Stopwatch]::StartNew(); {script}; $c.Elapsed.TotalMilliseconds.ToString([cultureinfo]::InvariantCulture)"), CultureInfo.InvariantCulture));
                }
            }

            Console.WriteLine($"\nThe first call in a fresh {name} session, medians of {options.Runs}");
            var medians = times.ToDictionary(entry => entry.Key, entry => Measured.Median(entry.Value, time => time), StringComparer.Ordinal);
            foreach ((string what, double median) in medians)
            {
                Console.WriteLine($"| {what,-40} | {median,5:0} ms | {median - medians.First().Value,5:0} ms over the floor |");
            }

            scores.AtMost($"First cluster call in a fresh {name} session (Get-RolloutHistory), over the floor", medians["Get-RolloutHistory"] - medians.First().Value, Wanted, "ms");
        }
    }
}
