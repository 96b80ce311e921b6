namespace MalariaIncident.Engine.Kubernetes.Health;

/// <summary>Reads events, autoscalers, services and deployments in trouble, in a bounded number of namespaces.</summary>
internal sealed class FocusReader(ClusterReader reader, HealthOptions options, ClusterSurvey survey, DateTimeOffset since, TimeProvider time)
{
    public const int MostNamespaces = 12;
    private const int MostDeployments = 50;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(8);

    private readonly FocusFacts facts = new(since);
    private readonly Lock gate = new();

    public async Task<FocusFacts> ReadAsync(IReadOnlyList<string> namespaces, CancellationToken cancellationToken)
    {
        IEnumerable<Func<CancellationToken, Task>> reads =
        [
            .. survey.Deployments.Where(one => !one.IsWell).Take(MostDeployments).Select(one => (Func<CancellationToken, Task>)(token => DeploymentAsync(one, token))),
            .. namespaces.SelectMany(home => new Func<CancellationToken, Task>[]
            {
                token => EventsAsync(home, token),
                token => ServicesAsync(home, token),
                token => AutoscalersAsync(home, token),
            }),
        ];
        await Parallel.ForEachAsync(
            reads,
            new ParallelOptions { MaxDegreeOfParallelism = SurveyReader.AtOnce, CancellationToken = cancellationToken },
            async (read, token) => await Optional.ReadAsync(survey.Notes, () => read(token)));
        return facts;
    }

    private async Task DeploymentAsync(DeploymentRow row, CancellationToken cancellationToken)
    {
        DeploymentModel model = await reader.ObjectAsync(
            $"Reading deployment {row.Namespace}/{row.Name}",
            $"apis/apps/v1/namespaces/{row.Namespace}/deployments/{row.Name}",
            "Deployment",
            ModelContext.Default.DeploymentModel,
            cancellationToken);
        lock (gate)
        {
            facts.Deployments.Add(model);
        }
    }

    private async Task EventsAsync(string home, CancellationToken cancellationToken)
    {
        (WarningEvents events, string? note) = await new EventReader(reader, since, time).ReadAsync(home, cancellationToken);
        if (note is not null)
        {
            survey.Notes.Enqueue(note);
        }

        lock (gate)
        {
            facts.Events.Add(events);
        }
    }

    private async Task ServicesAsync(string home, CancellationToken cancellationToken)
    {
        ClusterReader hurried = reader.Within(Patience);
        Task<ServiceList> services = hurried.ObjectAsync(
            $"Reading services of {home}", Selected($"api/v1/namespaces/{home}/services"), "ServiceList", ModelContext.Default.ServiceList, cancellationToken);
        Task<EndpointSliceList> endpoints = hurried.ObjectAsync(
            $"Reading endpoints of {home}",
            $"apis/discovery.k8s.io/v1/namespaces/{home}/endpointslices",
            "EndpointSliceList",
            ModelContext.Default.EndpointSliceList,
            cancellationToken);
        await Task.WhenAll(services, endpoints);
        List<ServiceModel> found = (await services).Items;
        List<EndpointSlice> behind = (await endpoints).Items;
        lock (gate)
        {
            facts.Services.AddRange(found ?? []);
            facts.Endpoints.AddRange(behind ?? []);
            facts.WithServices.Add(home);
        }
    }

    private async Task AutoscalersAsync(string home, CancellationToken cancellationToken)
    {
        AutoscalerList list = await reader.Within(Patience).ObjectAsync(
            $"Reading autoscalers of {home}",
            Selected($"apis/autoscaling/v2/namespaces/{home}/horizontalpodautoscalers"),
            "HorizontalPodAutoscalerList",
            ModelContext.Default.AutoscalerList,
            cancellationToken);
        lock (gate)
        {
            facts.Autoscalers.AddRange(list.Items ?? []);
        }
    }

    private string Selected(string path) => options.Selector is { } selector ? ClusterReader.Query(path, $"labelSelector={Uri.EscapeDataString(selector)}") : path;
}
