using System.Net;
using System.Text.Json.Nodes;

namespace Engine.Tests.Sandbox;

/// <summary>
/// What the commands rely on in a Kubernetes API. The same tests run against the sandbox and, where KUBEBUILDER_ASSETS names one,
/// against a real API server: that is how the two are known to agree.
/// </summary>
public abstract class KubernetesApiContract
{
    private readonly string _namespace = "contract-" + Guid.NewGuid().ToString("N")[..10];
    private bool _made;

    protected abstract ApiUnderTest Api { get; }

    private string ConfigMaps => $"/api/v1/namespaces/{_namespace}/configmaps";
    private string Deployments => $"/apis/apps/v1/namespaces/{_namespace}/deployments";

    private async Task NamespaceAsync()
    {
        if (_made) return;
        await Api.CreateAsync("/api/v1/namespaces", ContractObjects.Namespace(_namespace));
        _made = true;
    }

    private async Task<JsonNode> DeploymentAsync(string name = "app")
    {
        await NamespaceAsync();
        return await Api.CreateAsync(Deployments, ContractObjects.Deployment(name));
    }

    private static JsonArray Containers(JsonNode deployment) => (JsonArray)deployment["spec"]!["template"]!["spec"]!["containers"]!;

    [SkippableFact]
    public async Task What_is_not_there_is_404_and_named()
    {
        await NamespaceAsync();
        var answer = await Api.GetAsync(Deployments + "/ghost");
        Assert.Equal("deployments.apps \"ghost\" not found", answer.MustFail(404, "NotFound"));
        Assert.Equal("ghost", (string?)answer.Json["details"]!["name"]);
        Assert.Equal("apps", (string?)answer.Json["details"]!["group"]);
        Assert.Equal("deployments", (string?)answer.Json["details"]!["kind"]);
        Assert.Equal("configmaps \"ghost\" not found", (await Api.GetAsync(ConfigMaps + "/ghost")).MustFail(404, "NotFound"));
    }

    [SkippableFact]
    public async Task A_kind_that_does_not_exist_is_404()
    {
        Assert.Equal(HttpStatusCode.NotFound, (await Api.GetAsync("/apis/apps/v1/wishes")).Code);
        Assert.Equal(HttpStatusCode.NotFound, (await Api.GetAsync("/apis/nothing.example/v1/wishes")).Code);
    }

    [SkippableFact]
    public async Task A_name_can_be_taken_once()
    {
        await NamespaceAsync();
        await Api.CreateAsync(ConfigMaps, ContractObjects.ConfigMap("one"));
        var again = await Api.SendAsync(HttpMethod.Post, ConfigMaps, ContractObjects.ConfigMap("one"));
        Assert.Equal("configmaps \"one\" already exists", again.MustFail(409, "AlreadyExists"));
    }

    [SkippableFact]
    public async Task A_namespace_must_exist_before_what_is_in_it()
    {
        var answer = await Api.SendAsync(HttpMethod.Post, "/api/v1/namespaces/nowhere/configmaps", ContractObjects.ConfigMap("one"));
        Assert.Equal("namespaces \"nowhere\" not found", answer.MustFail(404, "NotFound"));
    }

    [SkippableFact]
    public async Task An_update_of_an_old_version_is_a_conflict()
    {
        await NamespaceAsync();
        var old = await Api.CreateAsync(ConfigMaps, ContractObjects.ConfigMap("one"));
        (await Api.PatchAsync(ConfigMaps + "/one", ApiUnderTest.MergePatch, """{"data":{"key":"newer"}}""")).MustSucceed();
        var answer = await Api.SendAsync(HttpMethod.Put, ConfigMaps + "/one", old);
        Assert.Equal("Operation cannot be fulfilled on configmaps \"one\": the object has been modified; please apply your changes to the latest version and try again", answer.MustFail(409, "Conflict"));
        Assert.Equal("newer", (string?)(await Api.GetAsync(ConfigMaps + "/one")).Json["data"]!["key"]);
    }

    [SkippableFact]
    public async Task A_merge_patch_with_an_old_version_is_a_conflict()
    {
        var old = await DeploymentAsync();
        (await Api.PatchAsync(Deployments + "/app", ApiUnderTest.MergePatch, """{"metadata":{"annotations":{"a":"b"}}}""")).MustSucceed();
        var version = (string)old["metadata"]!["resourceVersion"]!;
        (await Api.PatchAsync(Deployments + "/app", ApiUnderTest.MergePatch, $$$"""{"metadata":{"resourceVersion":"{{{version}}}"},"spec":{"paused":true}}""")).MustFail(409, "Conflict");
    }

    [SkippableFact]
    public async Task A_json_patch_whose_test_fails_is_422_and_changes_nothing()
    {
        var before = await DeploymentAsync();
        var answer = await Api.PatchAsync(Deployments + "/app", ApiUnderTest.JsonPatch,
            """[{"op":"test","path":"/metadata/resourceVersion","value":"1"},{"op":"replace","path":"/spec/revisionHistoryLimit","value":3}]""");
        Assert.Equal("the server rejected our request due to an error in our request", answer.MustFail(422, "Invalid"));
        Assert.Equal((int)before["spec"]!["revisionHistoryLimit"]!, (int)(await Api.GetAsync(Deployments + "/app")).Json["spec"]!["revisionHistoryLimit"]!);
    }

    [SkippableFact]
    public async Task A_json_patch_whose_test_holds_is_applied()
    {
        var before = await DeploymentAsync();
        // A real server may touch the status meanwhile: the uid is what stands still.
        var answer = await Api.PatchAsync(Deployments + "/app", ApiUnderTest.JsonPatch,
            $$"""[{"op":"test","path":"/metadata/uid","value":"{{(string)before["metadata"]!["uid"]!}}"},{"op":"replace","path":"/spec/template/spec/containers/0/image","value":"registry.example/api:2"},{"op":"add","path":"/metadata/annotations/example.org~1why","value":"test"}]""");
        Assert.Equal("registry.example/api:2", (string?)Containers(answer.MustSucceed())[0]!["image"]);
        Assert.Equal("test", (string?)answer.Json["metadata"]!["annotations"]!["example.org/why"]);
    }

    [SkippableFact]
    public async Task A_strategic_merge_patch_keeps_the_other_containers_and_variables()
    {
        await DeploymentAsync();
        var after = (await Api.PatchAsync(Deployments + "/app", ApiUnderTest.StrategicPatch,
            """{"spec":{"template":{"spec":{"containers":[{"name":"api","env":[{"name":"FEATURE_B","value":"false","valueFrom":null},{"name":"FEATURE_C","value":"new"}]}]}}}}""")).MustSucceed();
        var containers = Containers(after);
        Assert.Equal(["api", "metrics"], containers.Select(container => (string)container!["name"]!).Order());
        var variables = containers.First(container => (string)container!["name"]! == "api")!["env"]!.AsArray().ToDictionary(entry => (string)entry!["name"]!, entry => entry!);
        Assert.Equal("true", (string?)variables["FEATURE_A"]["value"]);
        Assert.Equal("false", (string?)variables["FEATURE_B"]["value"]);
        Assert.Null(variables["FEATURE_B"]["valueFrom"]);
        Assert.Equal("new", (string?)variables["FEATURE_C"]["value"]);
    }

    [SkippableFact]
    public async Task A_merge_patch_of_containers_drops_the_others()
    {
        await DeploymentAsync();
        var after = (await Api.PatchAsync(Deployments + "/app", ApiUnderTest.MergePatch,
            """{"spec":{"template":{"spec":{"containers":[{"name":"api","image":"registry.example/api:2"}]}}}}""")).MustSucceed();
        Assert.Single(Containers(after));
    }

    [SkippableFact]
    public async Task A_limits_patch_for_a_container_of_another_name_is_refused()
    {
        await DeploymentAsync();
        var answer = await Api.PatchAsync(Deployments + "/app", ApiUnderTest.StrategicPatch,
            """{"spec":{"template":{"spec":{"containers":[{"name":"web","resources":{"limits":{"memory":"8Gi"}}}]}}}}""");
        Assert.Contains("spec.template.spec.containers[0].image: Required value", answer.MustFail(422, "Invalid"), StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task A_negative_number_of_replicas_is_refused()
    {
        await DeploymentAsync();
        var answer = await Api.PatchAsync(Deployments + "/app", ApiUnderTest.MergePatch, """{"spec":{"replicas":-1}}""");
        Assert.Equal("Deployment.apps \"app\" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0", answer.MustFail(422, "Invalid"));
    }

    [SkippableFact]
    public async Task A_selector_is_for_ever()
    {
        await DeploymentAsync();
        var answer = await Api.PatchAsync(Deployments + "/app", ApiUnderTest.MergePatch,
            """{"spec":{"selector":{"matchLabels":{"app":"app","more":"x"}},"template":{"metadata":{"labels":{"app":"app","more":"x"}}}}}""");
        Assert.Contains("field is immutable", answer.MustFail(422, "Invalid"), StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task A_dry_run_answers_as_if_and_changes_nothing()
    {
        await DeploymentAsync();
        var answer = await Api.PatchAsync(Deployments + "/app?dryRun=All", ApiUnderTest.MergePatch, """{"spec":{"replicas":7}}""");
        Assert.Equal(7, (int)answer.MustSucceed()["spec"]!["replicas"]!);
        Assert.Equal(0, (int)(await Api.GetAsync(Deployments + "/app")).Json["spec"]!["replicas"]!);
        (await Api.SendAsync(HttpMethod.Delete, Deployments + "/app?dryRun=All")).MustSucceed();
        (await Api.GetAsync(Deployments + "/app")).MustSucceed();
    }

    [SkippableFact]
    public async Task The_generation_of_a_deployment_counts_changes_of_spec_and_annotations_and_of_nothing_else()
    {
        var created = await DeploymentAsync();
        Assert.Equal(1, (int)created["metadata"]!["generation"]!);
        var labelled = (await Api.PatchAsync(Deployments + "/app", ApiUnderTest.MergePatch, """{"metadata":{"labels":{"a":"b"}}}""")).MustSucceed();
        Assert.Equal(1, (int)labelled["metadata"]!["generation"]!);
        var annotated = (await Api.PatchAsync(Deployments + "/app", ApiUnderTest.MergePatch, """{"metadata":{"annotations":{"a":"b"}}}""")).MustSucceed();
        Assert.Equal(2, (int)annotated["metadata"]!["generation"]!);
        var changed = (await Api.PatchAsync(Deployments + "/app", ApiUnderTest.MergePatch, """{"spec":{"revisionHistoryLimit":4}}""")).MustSucceed();
        Assert.Equal(3, (int)changed["metadata"]!["generation"]!);
    }

    [SkippableFact]
    public async Task A_patch_that_changes_nothing_makes_no_new_version()
    {
        await NamespaceAsync();
        var before = await Api.CreateAsync(ConfigMaps, ContractObjects.ConfigMap("one"));
        var after = (await Api.PatchAsync(ConfigMaps + "/one", ApiUnderTest.MergePatch, """{"data":{"key":"value"}}""")).MustSucceed();
        Assert.Equal((string?)before["metadata"]!["resourceVersion"], (string?)after["metadata"]!["resourceVersion"]);
    }

    [SkippableFact]
    public async Task One_value_of_a_services_selector_is_replaced_where_it_still_is_what_it_was()
    {
        await NamespaceAsync();
        var services = $"/api/v1/namespaces/{_namespace}/services";
        var made = await Api.CreateAsync(services, ContractObjects.Service("front", "blue"));
        string Patch(string version, string from, string to) => $$"""
            [{"op":"test","path":"/metadata/resourceVersion","value":"{{version}}"},{"op":"test","path":"/spec/selector/example.com~1slot","value":"{{from}}"},
             {"op":"replace","path":"/spec/selector/example.com~1slot","value":"{{to}}"}]
            """;
        var version = (string)made["metadata"]!["resourceVersion"]!;
        (await Api.PatchAsync(services + "/front", ApiUnderTest.JsonPatch, Patch(version, "green", "blue"))).MustFail(422, "Invalid");
        var moved = (await Api.PatchAsync(services + "/front", ApiUnderTest.JsonPatch, Patch(version, "blue", "green"))).MustSucceed();
        Assert.Equal(("front", "green"), ((string?)moved["spec"]!["selector"]!["app"], (string?)moved["spec"]!["selector"]!["example.com/slot"]));
        (await Api.PatchAsync(services + "/front", ApiUnderTest.JsonPatch, Patch(version, "green", "blue"))).MustFail(422, "Invalid");
        Assert.Equal("services \"ghost\" not found", (await Api.GetAsync(services + "/ghost")).MustFail(404, "NotFound"));
    }

    [SkippableFact]
    public async Task Slices_are_found_by_their_service_and_budgets_by_their_namespace()
    {
        await NamespaceAsync();
        var slices = $"/apis/discovery.k8s.io/v1/namespaces/{_namespace}/endpointslices";
        await Api.CreateAsync(slices, ContractObjects.EndpointSlice("front", ("front-1", "a-uid")));
        await Api.CreateAsync(slices, ContractObjects.EndpointSlice("back"));
        var found = (await Api.GetAsync(slices + "?labelSelector=kubernetes.io%2Fservice-name%3Dfront")).MustSucceed();
        Assert.Equal("EndpointSliceList", (string?)found["kind"]);
        var endpoint = Assert.Single(Assert.Single(found["items"]!.AsArray())!["endpoints"]!.AsArray())!;
        Assert.Equal(("Pod", "a-uid", true), ((string?)endpoint["targetRef"]!["kind"], (string?)endpoint["targetRef"]!["uid"], (bool?)endpoint["conditions"]!["ready"]));

        var budgets = $"/apis/policy/v1/namespaces/{_namespace}/poddisruptionbudgets";
        await Api.CreateAsync(budgets, ContractObjects.DisruptionBudget("front"));
        var budget = Assert.Single((await Api.GetAsync(budgets)).MustSucceed()["items"]!.AsArray())!;
        Assert.Equal(("1", "front"), (budget["spec"]!["minAvailable"]!.ToString(), (string?)budget["spec"]!["selector"]!["matchLabels"]!["app"]));
    }

    [SkippableFact]
    public async Task Scale_is_a_door_to_the_replicas()
    {
        await DeploymentAsync();
        var scale = (await Api.GetAsync(Deployments + "/app/scale")).MustSucceed();
        Assert.Equal("Scale", (string?)scale["kind"]);
        Assert.Equal("autoscaling/v1", (string?)scale["apiVersion"]);
        Assert.Equal("app=app", (string?)scale["status"]!["selector"]);
        var after = (await Api.PatchAsync(Deployments + "/app/scale", ApiUnderTest.MergePatch, """{"spec":{"replicas":0}}""")).MustSucceed();
        Assert.Equal(0, (int?)after["spec"]!["replicas"] ?? 0);
        (await Api.PatchAsync(Deployments + "/app/scale", ApiUnderTest.MergePatch, """{"metadata":{"resourceVersion":"1"},"spec":{"replicas":2}}""")).MustFail(409, "Conflict");
    }

    [SkippableFact]
    public async Task Pages_are_of_one_moment()
    {
        await NamespaceAsync();
        foreach (var name in (string[])["a", "b", "c", "d"]) await Api.CreateAsync(ConfigMaps, ContractObjects.ConfigMap(name, "paged"));
        var first = (await Api.GetAsync(ConfigMaps + "?limit=2&labelSelector=group%3Dpaged")).MustSucceed();
        Assert.Equal("ConfigMapList", (string?)first["kind"]);
        Assert.Null(first["items"]![0]!["kind"]);
        await Api.CreateAsync(ConfigMaps, ContractObjects.ConfigMap("cc", "paged"));
        var token = Uri.EscapeDataString((string)first["metadata"]!["continue"]!);
        var second = (await Api.GetAsync($"{ConfigMaps}?limit=2&labelSelector=group%3Dpaged&continue={token}")).MustSucceed();
        Assert.Equal(["c", "d"], second["items"]!.AsArray().Select(item => (string)item!["metadata"]!["name"]!));
        Assert.Equal((string?)first["metadata"]!["resourceVersion"], (string?)second["metadata"]!["resourceVersion"]);
        Assert.True(string.IsNullOrEmpty((string?)second["metadata"]!["continue"]));
    }

    [SkippableFact]
    public async Task Selectors_select()
    {
        await NamespaceAsync();
        foreach (var (name, label) in new[] { ("a", "x"), ("b", "y"), ("c", "z") }) await Api.CreateAsync(ConfigMaps, ContractObjects.ConfigMap(name, label));
        async Task<string> Names(string query) =>
            string.Join(',', (await Api.GetAsync($"{ConfigMaps}?{query}")).MustSucceed()["items"]!.AsArray().Select(item => (string)item!["metadata"]!["name"]!).Where(name => name.Length == 1));
        Assert.Equal("a", await Names("labelSelector=group%3Dx"));
        Assert.Equal("b,c", await Names("labelSelector=group,group!%3Dx"));
        Assert.Equal("a,c", await Names("labelSelector=group%20in%20(x,z)"));
        Assert.Equal("b", await Names("labelSelector=group%20notin%20(x,z),group"));
        Assert.Equal("c", await Names("fieldSelector=metadata.name%3Dc"));
        Assert.Contains("is not a known field selector", (await Api.GetAsync(ConfigMaps + "?fieldSelector=spec.color%3Dred")).MustFail(400, "BadRequest"), StringComparison.Ordinal);
        Assert.Contains("field label not supported", (await Api.GetAsync("/api/v1/pods?fieldSelector=spec.color%3Dred")).MustFail(400, "BadRequest"), StringComparison.Ordinal);
        (await Api.GetAsync(ConfigMaps + "?labelSelector=%3D%3D")).MustFail(400, "BadRequest");
    }

    [SkippableFact]
    public async Task A_watch_tells_what_comes_changes_leaves_the_selector_and_goes()
    {
        await NamespaceAsync();
        var version = (string)(await Api.GetAsync(ConfigMaps)).Json["metadata"]!["resourceVersion"]!;
        await Api.CreateAsync(ConfigMaps, ContractObjects.ConfigMap("one", "in"));
        await Api.CreateAsync(ConfigMaps, ContractObjects.ConfigMap("two", "in"));
        (await Api.PatchAsync(ConfigMaps + "/one", ApiUnderTest.MergePatch, """{"data":{"key":"2"}}""")).MustSucceed();
        (await Api.PatchAsync(ConfigMaps + "/one", ApiUnderTest.MergePatch, """{"metadata":{"labels":{"group":"out"}}}""")).MustSucceed();
        (await Api.SendAsync(HttpMethod.Delete, ConfigMaps + "/two")).MustSucceed();
        var seen = new List<string>();
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        await foreach (var (type, item) in Api.WatchAsync($"{ConfigMaps}?watch=true&resourceVersion={version}&labelSelector=group%3Din&timeoutSeconds=50", deadline.Token))
        {
            seen.Add($"{type} {(string?)item["metadata"]!["name"]}");
            if (seen.Count == 5) break;
        }
        Assert.Equal(["ADDED one", "ADDED two", "MODIFIED one", "DELETED one", "DELETED two"], seen);
    }

    [SkippableFact]
    public async Task A_watch_ends_when_its_time_is_over()
    {
        await NamespaceAsync();
        var version = (string)(await Api.GetAsync(ConfigMaps)).Json["metadata"]!["resourceVersion"]!;
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        await foreach (var (type, _) in Api.WatchAsync($"{ConfigMaps}?watch=true&resourceVersion={version}&timeoutSeconds=1", deadline.Token)) Assert.Equal("BOOKMARK", type);
        Assert.False(deadline.IsCancellationRequested);
    }

    [SkippableTheory]
    [InlineData("/api/v1/pods", "Name,Ready,Status,Restarts,Age,IP*,Node*,Nominated Node*,Readiness Gates*")]
    [InlineData("/api/v1/nodes", "Name,Status,Roles,Age,Version,Internal-IP*,External-IP*,OS-Image*,Kernel-Version*,Container-Runtime*")]
    [InlineData("/api/v1/namespaces", "Name,Status,Age")]
    [InlineData("/api/v1/services", "Name,Type,Cluster-IP,External-IP,Port(s),Age,Selector*")]
    [InlineData("/api/v1/events", "Last Seen,Type,Reason,Object,Subobject*,Source*,Message,First Seen*,Count*,Name*")]
    [InlineData("/api/v1/configmaps", "Name,Data,Age")]
    [InlineData("/api/v1/resourcequotas", "Name,Request,Limit,Age")]
    [InlineData("/api/v1/limitranges", "Name,Created At")]
    [InlineData("/api/v1/secrets", "Name,Type,Data,Age")]
    [InlineData("/api/v1/endpoints", "Name,Endpoints,Age")]
    [InlineData("/apis/apps/v1/deployments", "Name,Ready,Up-to-date,Available,Age,Containers*,Images*,Selector*")]
    [InlineData("/apis/apps/v1/replicasets", "Name,Desired,Current,Ready,Age,Containers*,Images*,Selector*")]
    [InlineData("/apis/apps/v1/statefulsets", "Name,Ready,Age,Containers*,Images*")]
    [InlineData("/apis/autoscaling/v2/horizontalpodautoscalers", "Name,Reference,Targets,MinPods,MaxPods,Replicas,Age")]
    public async Task Tables_have_the_columns_that_kubectl_prints(string path, string columns)
    {
        var table = (await Api.GetAsync(path, "application/json;as=Table;v=v1;g=meta.k8s.io")).MustSucceed();
        Assert.Equal("Table", (string?)table["kind"]);
        Assert.Equal(columns, string.Join(',', table["columnDefinitions"]!.AsArray().Select(column => (string)column!["name"]! + ((int)column["priority"]! > 0 ? "*" : ""))));
    }

    [SkippableFact]
    public async Task Rows_carry_what_was_asked_for()
    {
        await NamespaceAsync();
        await Api.CreateAsync(ConfigMaps, ContractObjects.ConfigMap("one"));
        async Task<JsonNode> Row(string include) => (await Api.GetAsync($"{ConfigMaps}/one{include}", "application/json;as=Table;v=v1;g=meta.k8s.io")).MustSucceed()["rows"]![0]!;
        Assert.Equal("PartialObjectMetadata", (string?)(await Row(""))["object"]!["kind"]);
        Assert.Equal("one", (string?)(await Row("?includeObject=Metadata"))["object"]!["metadata"]!["name"]);
        Assert.Null((await Row("?includeObject=None"))["object"]);
        var whole = await Row("?includeObject=Object");
        Assert.Equal("ConfigMap", (string?)whole["object"]!["kind"]);
        Assert.Equal("one", (string?)whole["cells"]![0]);
        Assert.Equal(1, (int)whole["cells"]![1]!);
    }

    [SkippableFact]
    public async Task A_stranger_is_401_and_somebody_without_the_right_403()
    {
        await DeploymentAsync();
        var unknown = await Api.SendAsync(HttpMethod.Get, Deployments + "/app", token: "nobody-has-this-token");
        Assert.Equal("Unauthorized", unknown.MustFail(401, "Unauthorized"));
        var forbidden = await Api.SendAsync(HttpMethod.Patch, Deployments + "/app", JsonNode.Parse("""{"spec":{"replicas":1}}"""), ApiUnderTest.MergePatch, token: Api.StrangerToken);
        var message = forbidden.MustFail(403, "Forbidden");
        Assert.Matches($"^deployments\\.apps \"app\" is forbidden: User \"[^\"]+\" cannot patch resource \"deployments\" in API group \"apps\" in the namespace \"{_namespace}\"", message);
    }

    [SkippableFact]
    public async Task An_access_review_agrees_with_what_is_allowed()
    {
        await NamespaceAsync();
        async Task<bool> May(string verb, string? subresource, string? token) => (bool)(await Api.SendAsync(HttpMethod.Post, "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", new JsonObject
        {
            ["kind"] = "SelfSubjectAccessReview",
            ["apiVersion"] = "authorization.k8s.io/v1",
            ["spec"] = new JsonObject
            {
                ["resourceAttributes"] = new JsonObject { ["namespace"] = _namespace, ["verb"] = verb, ["group"] = "apps", ["resource"] = "deployments", ["subresource"] = subresource },
            },
        }, token: token)).MustSucceed()["status"]!["allowed"]!;
        Assert.True(await May("patch", null, null));
        Assert.True(await May("patch", "scale", null));
        Assert.False(await May("patch", null, Api.StrangerToken));
        Assert.False(await May("patch", "scale", Api.StrangerToken));
    }

    [SkippableFact]
    public async Task A_patch_of_an_unknown_type_is_415()
    {
        await DeploymentAsync();
        (await Api.PatchAsync(Deployments + "/app", "application/json", "{}")).MustFail(415, "UnsupportedMediaType");
    }

    [SkippableFact]
    public async Task A_client_that_takes_no_JSON_is_406()
    {
        await NamespaceAsync();
        (await Api.GetAsync(ConfigMaps, "application/xml")).MustFail(406, "NotAcceptable");
        Assert.Equal("ConfigMapList", (string?)(await Api.GetAsync(ConfigMaps, "application/json;as=Table;v=v9;g=meta.k8s.io, application/json")).MustSucceed()["kind"]);
    }

    [SkippableFact]
    public async Task A_delete_meant_for_another_object_is_a_conflict()
    {
        await NamespaceAsync();
        await Api.CreateAsync(ConfigMaps, ContractObjects.ConfigMap("one"));
        var options = JsonNode.Parse("""{"kind":"DeleteOptions","apiVersion":"v1","preconditions":{"uid":"00000000-0000-4000-8000-000000000000"}}""")!;
        (await Api.SendAsync(HttpMethod.Delete, ConfigMaps + "/one", options)).MustFail(409, "Conflict");
        (await Api.GetAsync(ConfigMaps + "/one")).MustSucceed();
    }

    [SkippableFact]
    public async Task A_name_against_the_rules_is_refused()
    {
        await NamespaceAsync();
        var answer = await Api.SendAsync(HttpMethod.Post, ConfigMaps, ContractObjects.ConfigMap("Not_Legal"));
        Assert.Contains("a lowercase RFC 1123 subdomain must consist of", answer.MustFail(422, "Invalid"), StringComparison.Ordinal);
    }
}
