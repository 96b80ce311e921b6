using System.Globalization;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace MalariaIncident.Engine.Environments;

/// <summary>What an environment file says. Whatever it does not understand it refuses, with the line: a misspelt key must not read as a default.</summary>
internal sealed partial record EnvironmentDocument(string? Default, IReadOnlyList<OperationsEnvironment> Environments)
{
    private static readonly string[] Keys =
    [
        "kubeConfig", "context", "namespace", "deployment", "container", "service", "slots", "selectorKey",
        "pooler", "poolerConsole", "poolerPods", "liveness", "readiness", "database", "databasePods", "protectedDatabaseUsers", "cache", "dependencies",
        "features", "reducedReplicas", "connectionsPerPod", "prometheus", "metrics", "grafana", "repository", "workflow", "gitHubApi",
    ];

    public static EnvironmentDocument Empty { get; } = new(null, []);

    /// <summary>EnvironmentFileInvalid.</summary>
    public static EnvironmentDocument Parse(string yaml, string path)
    {
        var stream = new YamlStream();
        try
        {
            stream.Load(new StringReader(yaml));
        }
        catch (YamlException failure)
        {
            // The parser's own message may quote the file's text; only where it stopped is passed on.
            throw Invalid(path, failure.Start.Line, "it is not YAML from here on", "Check indentation, quotes and tabs.");
        }

        return stream.Documents.Count == 0 || stream.Documents[0].RootNode is YamlScalarNode { Value: null or "" }
            ? Empty
            : new Reader(path).Document(stream.Documents[0].RootNode);
    }

    private static IncidentException Invalid(string path, long line, string what, string advice) =>
        new(FailureKind.EnvironmentFileInvalid, $"{path}, line {line}: {what}.", path, advice: advice);

    [GeneratedRegex("^[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})/[A-Za-z0-9._-]{1,100}$", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Repository();

    [GeneratedRegex(@"^[A-Za-z0-9_][A-Za-z0-9._-]{0,99}\.ya?ml$", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Workflow();

    private sealed class Reader(string path)
    {
        public EnvironmentDocument Document(YamlNode root)
        {
            string? chosen = null;
            YamlNode? chosenAt = null;
            var environments = new List<OperationsEnvironment>();
            foreach (var (key, value) in Pairs(root, "the file", ["default", "environments"]))
            {
                if (key == "default")
                {
                    (chosen, chosenAt) = (Text(value, key), value);
                    continue;
                }

                environments.AddRange(Pairs(value, "environments", null).Select(pair => Environment(pair.Key, pair.Value)));
            }

            if (chosen is not null && environments.All(environment => environment.Name != chosen))
            {
                throw Refuse(chosenAt!, $"the default '{chosen}' is not among the environments", $"Name one of {Listed(environments.Select(environment => environment.Name))}.");
            }

            return new EnvironmentDocument(chosen, environments);
        }

        private OperationsEnvironment Environment(string name, YamlNode node)
        {
            var environment = new OperationsEnvironment { Name = name };
            foreach (var (key, value) in Pairs(node, $"environment {name}", Keys))
            {
                environment = key switch
                {
                    "kubeConfig" => environment with { KubeConfig = FilePath(Text(value, key)) },
                    "context" => environment with { Context = Text(value, key) },
                    "namespace" => environment with { Namespace = Text(value, key) },
                    "deployment" => environment with { Deployment = Text(value, key) },
                    "container" => environment with { Container = Text(value, key) },
                    "service" => environment with { Service = Text(value, key) },
                    "slots" => environment with { Slots = SlotNames(value, key) },
                    "selectorKey" => environment with { SelectorKey = Text(value, key) },
                    "pooler" => environment with { Pooler = Text(value, key) },
                    "poolerConsole" => environment with { PoolerConsole = Text(value, key) },
                    "poolerPods" => environment with { PoolerPods = Pods(value, key) },
                    "liveness" => environment with { Liveness = Address(value, key) },
                    "readiness" => environment with { Readiness = Address(value, key) },
                    "database" => environment with { Database = Text(value, key) },
                    "databasePods" => environment with { DatabasePods = Pods(value, key) },
                    "protectedDatabaseUsers" => environment with { ProtectedDatabaseUsers = Texts(value, key) },
                    "cache" => environment with { Cache = Text(value, key) },
                    "dependencies" => environment with { Dependencies = Dependencies(value) },
                    "features" => environment with { Features = Texts(value, key) },
                    "prometheus" => environment with { Prometheus = AddressOrReference(value, key) },
                    "metrics" => environment with { Metrics = Metrics(value) },
                    "grafana" => environment with { Grafana = Address(value, key) },
                    "repository" => environment with { Repository = Matching(value, key, Repository(), "owner/name, for example example/malaria-prediction-backend") },
                    "workflow" => environment with { Workflow = Matching(value, key, Workflow(), "a file of .github/workflows, for example deploy.yml") },
                    "gitHubApi" => environment with { GitHubApi = Address(value, key) },
                    "connectionsPerPod" => environment with { ConnectionsPerPod = Count(value, key) },
                    _ => environment with { ReducedReplicas = Count(value, key) },
                };
            }

            return environment;
        }

        private IEnumerable<(string Key, YamlNode Value)> Pairs(YamlNode node, string what, string[]? allowed)
        {
            if (node is YamlScalarNode { Value: null or "" })
            {
                yield break;
            }

            if (node is not YamlMappingNode mapping)
            {
                throw Refuse(node, $"{what} must be a mapping (name: value)", "See about_MalariaIncident_Environments for a sample.");
            }

            foreach (var (key, value) in mapping.Children)
            {
                var name = key is YamlScalarNode { Value: { Length: > 0 } text } ? text : throw Refuse(key, $"a name in {what} is empty", "Give it a name.");
                if (allowed is not null && !allowed.Contains(name, StringComparer.Ordinal))
                {
                    throw Refuse(key, $"'{name}' is not known in {what}", $"Allowed are {Listed(allowed)}.");
                }

                yield return (name, value);
            }
        }

        private string Text(YamlNode node, string key) => node is YamlScalarNode { Value: { } value } && !string.IsNullOrWhiteSpace(value)
            ? value.Trim()
            : throw Refuse(node, $"{key} must be a text that is not empty", $"Give {key} a value, or remove the line.");

        private List<string> Texts(YamlNode node, string key) => node is YamlSequenceNode sequence
            ? [.. sequence.Children.Select(child => Text(child, key))]
            : throw Refuse(node, $"{key} must be a list", $"Write {key}: [one, another].");

        private List<string> SlotNames(YamlNode node, string key) =>
            Texts(node, key) is [var one, var other] slots && one != other ? slots : throw Refuse(node, $"{key} must be two different names", $"Write {key}: [blue, green].");

        private string Pods(YamlNode node, string key)
        {
            var text = Text(node, key);
            try
            {
                _ = PodTarget.Parse(text);
                return text;
            }
            catch (IncidentException invalid)
            {
                throw Refuse(node, $"{key}: {invalid.Message.TrimEnd('.')}", invalid.Advice!);
            }
        }

        private string Address(YamlNode node, string key)
        {
            var text = Text(node, key);
            return Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"
                ? text
                : throw Refuse(node, $"{key} must be an http or https address", "Write it whole, for example https://api.example.org/health/liveness.");
        }

        private string AddressOrReference(YamlNode node, string key)
        {
            var text = Text(node, key);
            return text.StartsWith("env:", StringComparison.Ordinal) || text.StartsWith("file:", StringComparison.Ordinal) || text.StartsWith("kube:", StringComparison.Ordinal)
                ? text
                : Address(node, key);
        }

        private Dictionary<string, string> Dependencies(YamlNode node)
        {
            var dependencies = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
            foreach (var (name, value) in Pairs(node, "dependencies", null))
            {
                if (name.ToLowerInvariant() is "database" or "cache" || !dependencies.TryAdd(name, AddressOrReference(value, name)))
                {
                    throw Refuse(value, $"dependency {name} is there twice", "Remove one of them; database and cache have keys of their own.");
                }
            }

            return dependencies;
        }

        private Dictionary<string, NamedMetric> Metrics(YamlNode node)
        {
            var metrics = new Dictionary<string, NamedMetric>(StringComparer.OrdinalIgnoreCase);
            foreach (var (name, value) in Pairs(node, "metrics", null))
            {
                if (!metrics.TryAdd(name, Metric(name, value)))
                {
                    throw Refuse(value, $"metric {name} is there twice", "Remove one of them; upper and lower case are the same.");
                }
            }

            return metrics;
        }

        private NamedMetric Metric(string name, YamlNode node)
        {
            if (node is not YamlMappingNode)
            {
                return new NamedMetric(Text(node, name), null);
            }

            string? query = null, unit = null;
            foreach (var (key, value) in Pairs(node, $"metric {name}", ["query", "unit"]))
            {
                (query, unit) = key == "query" ? (Text(value, key), unit) : (query, Text(value, key));
            }

            return new NamedMetric(query ?? throw Refuse(node, $"metric {name} has no query", "Write query: and the PromQL."), unit);
        }

        private string Matching(YamlNode node, string key, Regex form, string wanted)
        {
            var text = Text(node, key);
            return form.IsMatch(text) ? text : throw Refuse(node, $"{key} '{text}' is not {wanted}", $"Write {key} as {wanted}.");
        }

        private int Count(YamlNode node, string key) => int.TryParse(Text(node, key), NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            ? count
            : throw Refuse(node, $"{key} must be a whole number, 0 or more", $"Write {key}: 3.");

        private string FilePath(string text)
        {
            var home = System.Environment.GetFolderPath(System.Environment.SpecialFolder.UserProfile, System.Environment.SpecialFolderOption.DoNotVerify);
            var expanded = text.StartsWith("~/", StringComparison.Ordinal) ? Path.Combine(home, text[2..]) : text;
            return Path.GetFullPath(expanded, Path.GetDirectoryName(path) ?? "/");
        }

        private IncidentException Refuse(YamlNode node, string what, string advice) => Invalid(path, node.Start.Line, what, advice);

        private static string Listed(IEnumerable<string> names) => string.Join(", ", names);
    }
}
