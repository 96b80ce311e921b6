using System.Text.Json.Nodes;
using MalariaIncident.Engine.Text;

namespace MalariaIncident.Engine.Kubernetes.Rollouts;

/// <summary>Reads a deployment and what belongs to it, as JSON, as the server sent it.</summary>
internal sealed class DeploymentReader : IPatchTarget<DeploymentSnapshot>
{
    private const int MostEvents = 500;
    private const int MostOthers = 12;

    private readonly ClusterConnection connection;
    private readonly TimeSpan timeout;
    private readonly ClusterObjects objects;

    /// <exception cref="IncidentException">NameInvalid.</exception>
    public DeploymentReader(ClusterConnection connection, string name, TimeSpan timeout)
    {
        this.connection = connection;
        this.timeout = timeout;
        objects = new ClusterObjects(connection, timeout);
        Name = KubernetesName.Validate(name, "deployment");
    }

    public string Name { get; }
    /// <summary>The way to other objects beside it.</summary>
    public ClusterObjects Objects => objects;
    public string Namespace => connection.Namespace;
    public string Context => connection.Context;
    public string Path => $"apis/apps/v1/namespaces/{Namespace}/deployments/{Name}";
    public string Place => $"deployment {Name} in namespace {Namespace}";
    /// <summary>The same at the beginning of a sentence.</summary>
    public string ThePlace => $"Deployment {Name} in namespace {Namespace}";

    /// <summary>DeploymentNotFound, NamespaceNotFound, and the failures of the transport.</summary>
    public async Task<DeploymentSnapshot> DeploymentAsync(CancellationToken cancellationToken)
    {
        try
        {
            return new(await objects.GetAsync($"Reading {Place}", Path, "Deployment", Name, cancellationToken));
        }
        catch (IncidentException failure) when (failure.Kind == FailureKind.DeploymentNotFound)
        {
            throw new IncidentException(failure.Kind, failure.Message, Name, failure, await OthersAsync(cancellationToken));
        }
    }

    /// <summary>Where a name is mistyped, or the namespace is another: what there is instead. Null where that cannot be read.</summary>
    private async Task<string?> OthersAsync(CancellationToken cancellationToken)
    {
        try
        {
            var others = await ListAsync($"Reading deployments in namespace {Namespace}", $"apis/apps/v1/namespaces/{Namespace}/deployments?limit={MostOthers}", cancellationToken);
            return others.Count == 0
                ? $"Namespace {Namespace} of context {Context} has no deployments: check -Namespace and -Context."
                : $"Namespace {Namespace} has {(others.Count == MostOthers ? "among others " : "")}{string.Join(", ", others.Select(other => PlainText.OneLine(other.Text("metadata", "name"), 80)))}. "
                    + "Or check -Namespace and -Context.";
        }
        catch (IncidentException)
        {
            return null;
        }
    }

    Task<DeploymentSnapshot> IPatchTarget<DeploymentSnapshot>.ReadAsync(CancellationToken cancellationToken) => DeploymentAsync(cancellationToken);

    /// <summary>The ReplicaSets that the deployment owns, newest number first.</summary>
    public async Task<IReadOnlyList<Revision>> RevisionsAsync(DeploymentSnapshot deployment, CancellationToken cancellationToken)
    {
        var answer = await ListAsync($"Reading replica sets of {Place}", $"apis/apps/v1/namespaces/{Namespace}/replicasets?labelSelector={Selector(deployment)}", cancellationToken);
        return [.. answer
            .Select(item => new Revision(item))
            .Where(revision => revision.OwnedBy(deployment.Uid))
            .OrderByDescending(revision => revision.Number)
            .ThenByDescending(revision => revision.CreatedAt)];
    }

    /// <summary>The very ReplicaSet that was pinned; null where it is gone or another one has taken its name.</summary>
    public async Task<Revision?> PinnedAsync(string replicaSet, string uid, CancellationToken cancellationToken)
    {
        try
        {
            var name = KubernetesName.Validate(replicaSet, "replica set");
            var found = new Revision(await objects.GetAsync($"Reading replica set {name}", $"apis/apps/v1/namespaces/{Namespace}/replicasets/{name}", cancellationToken));
            return found.Uid == uid ? found : null;
        }
        catch (IncidentException failure) when (failure.Kind == FailureKind.ResourceNotFound)
        {
            return null;
        }
    }

    public async Task<IReadOnlyList<JsonObject>> PodsAsync(DeploymentSnapshot deployment, CancellationToken cancellationToken) =>
        await ListAsync($"Reading pods of {Place}", $"api/v1/namespaces/{Namespace}/pods?labelSelector={Selector(deployment)}", cancellationToken);

    /// <summary>
    /// Events that say when ReplicaSets were scaled up and which pods failed. They are a help, never needed: empty where they may not be read.
    /// </summary>
    public async Task<IReadOnlyList<JsonObject>> EventsAsync(string fieldSelector, CancellationToken cancellationToken)
    {
        try
        {
            return await ListAsync($"Reading events of {Place}",
                $"api/v1/namespaces/{Namespace}/events?limit={MostEvents}&fieldSelector={Uri.EscapeDataString(fieldSelector)}", cancellationToken);
        }
        catch (IncidentException failure) when (failure.Kind is FailureKind.ClusterForbidden or FailureKind.ResourceNotFound or FailureKind.ClusterRefused)
        {
            return [];
        }
    }

    /// <summary>Names of the autoscalers that scale the deployment. Null where the server would not say.</summary>
    public async Task<IReadOnlyList<string>?> AutoscalersAsync(CancellationToken cancellationToken) =>
        (await AutoscalerObjectsAsync(cancellationToken))?.Select(item => item.Text("metadata", "name") ?? "").ToList();

    /// <summary>Autoscalers that scale the deployment. Null where the server would not say.</summary>
    public async Task<IReadOnlyList<JsonObject>?> AutoscalerObjectsAsync(CancellationToken cancellationToken)
    {
        var answer = await objects.ListIfReadableAsync(
            $"Reading autoscalers of {Place}", $"apis/autoscaling/v2/namespaces/{Namespace}/horizontalpodautoscalers", Name, cancellationToken);
        return answer is null ? null : [.. answer
            .Where(item => item.Text("spec", "scaleTargetRef", "kind") == "Deployment" && item.Text("spec", "scaleTargetRef", "name") == Name)];
    }

    /// <summary>Disruption budgets that cover the deployment's pods. Null where the server would not say.</summary>
    public async Task<IReadOnlyList<JsonObject>?> DisruptionBudgetsAsync(DeploymentSnapshot deployment, CancellationToken cancellationToken)
    {
        var answer = await objects.ListIfReadableAsync(
            $"Reading disruption budgets of {Place}", $"apis/policy/v1/namespaces/{Namespace}/poddisruptionbudgets", Name, cancellationToken);
        var labels = deployment.Template.Content.Map("metadata", "labels");
        return answer is null ? null : [.. answer.Where(budget => LabelMatch.Fits(budget.At("spec", "selector"), labels))];
    }

    /// <summary>Last lines of a container; empty where there are none to be had.</summary>
    public async Task<IReadOnlyList<string>> LogAsync(string pod, string container, bool previous, int lines, CancellationToken cancellationToken)
    {
        var path = $"api/v1/namespaces/{Namespace}/pods/{KubernetesName.Validate(pod, "pod")}/log"
            + $"?container={KubernetesName.ValidateLabel(container, "container")}&tailLines={lines}&limitBytes=65536{(previous ? "&previous=true" : "")}";
        try
        {
            var text = await connection.ReadAsync($"Reading the log of {pod}", timeout, (_, token) => connection.Http.GetStringAsync(path, token), cancellationToken);
            return [.. text.Split('\n').Select(line => PlainText.OneLine(line, 300)).Where(line => line.Length > 0).TakeLast(lines)];
        }
        catch (IncidentException)
        {
            return [];
        }
    }

    public static string Selector(DeploymentSnapshot deployment) => Selector(deployment.Content.At("spec", "selector"));

    /// <summary>The <c>selector</c> of a workload as a query's value.</summary>
    public static string Selector(JsonNode? selector)
    {
        var expressions = selector.Items("matchExpressions").Select(expression =>
        {
            var key = expression.Text("key");
            var values = string.Join(',', (expression["values"] as JsonArray ?? []).Select(value => value.Text()));
            return expression.Text("operator") switch
            {
                "In" => $"{key} in ({values})",
                "NotIn" => $"{key} notin ({values})",
                "Exists" => $"{key}",
                _ => $"!{key}",
            };
        });
        return Uri.EscapeDataString(string.Join(',', selector.Map("matchLabels").Select(pair => $"{pair.Key}={pair.Value}").Concat(expressions)));
    }

    /// <summary>Sends a JSON Patch and returns the deployment as the server has it now. ObjectChanged for a failed test, OutcomeUnknown for a lost answer.</summary>
    public async Task<DeploymentSnapshot> PatchAsync(JsonArray operations, CancellationToken cancellationToken) =>
        new(await objects.PatchAsync($"Changing {Place}", Path, Name, operations, cancellationToken));

    /// <summary>A stream of hints that the deployment moved.</summary>
    public Task<Stream> WatchAsync(string resourceVersion, CancellationToken cancellationToken) =>
        connection.OpenStreamAsync($"Watching {Place}", timeout,
            $"apis/apps/v1/namespaces/{Namespace}/deployments?watch=true&fieldSelector={Uri.EscapeDataString($"metadata.name={Name}")}&resourceVersion={Uri.EscapeDataString(resourceVersion)}",
            cancellationToken);

    private Task<IReadOnlyList<JsonObject>> ListAsync(string what, string path, CancellationToken cancellationToken) =>
        objects.ListAsync(what, path, Name, cancellationToken);
}
