using System.Globalization;
using MalariaIncident.Engine.Dependencies;
using MalariaIncident.Engine.Text;

namespace MalariaIncident.Engine.Kubernetes;

/// <summary>
/// Asks from inside one container, with what it has: python3, else a shell with bash or nc. Everything travels as an argument; the credentials are the
/// pod's own and stay there. An exit code alone proves nothing: only the probe's own line counts.
/// </summary>
internal sealed class PodProbe(ClusterConnection connection, string pod, string container, TimeSpan timeout) : IPodProbe
{
    private const string Mark = "malaria-incident";
    /// <summary>What the way to the pod and an interpreter's start may take on top.</summary>
    private static readonly TimeSpan Overhead = TimeSpan.FromSeconds(5);
    private static readonly Lazy<string> Python = new(() => Script("pod_probe.py"));
    private static readonly Lazy<string> Shell = new(() => Script("pod_probe.sh"));

    public string From => $"{pod}/{container}";

    public async Task<DependencyView> AskAsync(PodQuestion question, CancellationToken cancellationToken)
    {
        var limit = Math.Max(1, (int)timeout.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        string variable = question.Variable ?? "", address = question.Address ?? "";
        var answer = await RunAsync(["python3", "-c", Python.Value, question.Kind.ToString(), variable, address, limit], cancellationToken);
        if (answer.IsMissing)
        {
            answer = await RunAsync(["/bin/sh", "-c", Shell.Value, "probe", variable, address, limit], cancellationToken);
            if (answer.IsMissing || answer.ExitCode == 125)
            {
                return DependencyVerdicts.NotChecked(From, $"the container {container} has neither python3 nor a shell with bash or nc to ask with.");
            }
        }

        return Read(answer, From, question);
    }

    /// <summary>Believes the probe's own line, and a good one only where the exit code agrees.</summary>
    public static DependencyView Read(ExecAnswer answer, string from, PodQuestion question)
    {
        var line = answer.Output.Split('\n').LastOrDefault(line => line.StartsWith(Mark + '\t', StringComparison.Ordinal));
        return line?.Split('\t') is [_, var word, var place, var source, var said] && (word == "up") == (answer.ExitCode == 0)
            ? Judge(word, PlainText.OneLine(place, 260), source, PlainText.OneLine(said, 200), question)
            : DependencyVerdicts.NotChecked(from, $"the probe in {from} failed itself ({Why(answer)}), and says nothing about the dependency.");
    }

    private static DependencyView Judge(string word, string place, string source, string said, PodQuestion question)
    {
        var (state, detail) = word switch
        {
            "up" => (DependencyState.Up, $"{place} {said}"),
            "credentials" => (DependencyState.CredentialsRefused, $"{place}: {said}"),
            "refused" => (DependencyState.Unreachable, $"{place} refuses connections: nothing listens there"),
            "unresolved" => (DependencyState.Unreachable, $"the name of {place} does not resolve"),
            "timeout" => (DependencyState.Unreachable, $"{place} did not answer in time"),
            "unroutable" => (DependencyState.Unreachable, $"there is no way to {place} ({said})"),
            "lost" => (DependencyState.Unreachable, $"{place} cut the connection ({said})"),
            "failing" => (DependencyState.Failing, $"{place}: {said}"),
            "unknown" => (DependencyState.NotChecked, question.Variable is { } variable ? $"Not checked: {variable} is not set there, or is no URL" : "Not checked: it has no address"),
            _ => (DependencyState.NotChecked, $"Not checked: the probe failed itself ({said})"),
        };
        return new DependencyView
        {
            State = state,
            Address = place.Length > 0 ? place : null,
            Detail = state == DependencyState.NotChecked ? $"{detail}." : $"{detail} (by {(source == "variable" ? question.Variable : "the address known here")}).",
        };
    }

    private Task<ExecAnswer> RunAsync(IReadOnlyList<string> words, CancellationToken cancellationToken) =>
        connection.ExecuteAsync($"Running a probe in {From}", timeout + Overhead, pod, container, words, cancellationToken);

    private static string Why(ExecAnswer answer) =>
        PlainText.OneLine(answer.Error.TrimEnd().Split('\n')[^1] is { Length: > 0 } last ? last : answer.Status.Length > 0 ? answer.Status : "it said nothing", 200);

    private static string Script(string name)
    {
        using var stream = typeof(PodProbe).Assembly.GetManifestResourceStream(name)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
