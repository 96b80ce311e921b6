using System.Text.Json.Nodes;

namespace Engine.Tests.Sandbox;

/// <summary>The objects that the contract works on.</summary>
internal static class ContractObjects
{
    public static JsonNode Namespace(string name) => new JsonObject { ["kind"] = "Namespace", ["apiVersion"] = "v1", ["metadata"] = new JsonObject { ["name"] = name } };

    public static JsonNode ConfigMap(string name, string label = "a") =>
        JsonNode.Parse($$$"""{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"{{{name}}}","labels":{"group":"{{{label}}}"}},"data":{"key":"value"}}""")!;

    public static JsonNode Node(string name) => new JsonObject { ["kind"] = "Node", ["apiVersion"] = "v1", ["metadata"] = new JsonObject { ["name"] = name } };

    /// <summary>On a node of the contract's own, so that nobody starts it.</summary>
    public static JsonNode SizedPod(string name, string node, string resources) => new JsonObject
    {
        ["kind"] = "Pod",
        ["apiVersion"] = "v1",
        ["metadata"] = new JsonObject { ["name"] = name },
        ["spec"] = new JsonObject
        {
            ["nodeName"] = node,
            ["automountServiceAccountToken"] = false,
            ["containers"] = new JsonArray(new JsonObject { ["name"] = "api", ["image"] = "registry.example/api:1", ["resources"] = JsonNode.Parse(resources) }),
        },
    };

    public static JsonNode ResourceQuota(string name) =>
        JsonNode.Parse($$$$"""{"kind":"ResourceQuota","apiVersion":"v1","metadata":{"name":"{{{{name}}}}"},"spec":{"hard":{"pods":"10","limits.memory":"4Gi"}}}""")!;

    public static JsonNode LimitRange(string name) => JsonNode.Parse(
        $$$$"""{"kind":"LimitRange","apiVersion":"v1","metadata":{"name":"{{{{name}}}}"},"spec":{"limits":[{"type":"Container","max":{"memory":"4Gi"},"maxLimitRequestRatio":{"memory":"8"}}]}}""")!;

    /// <summary>Two containers, a variable from a config map; no replicas, so that no controller has anything to do.</summary>
    public static JsonNode Deployment(string name) => JsonNode.Parse("""
        {"kind":"Deployment","apiVersion":"apps/v1","metadata":{"name":"NAME","labels":{"app":"NAME"},"annotations":{"made-by":"contract"}},
         "spec":{"replicas":0,"selector":{"matchLabels":{"app":"NAME"}},
          "template":{"metadata":{"labels":{"app":"NAME"}},"spec":{"containers":[
           {"name":"api","image":"registry.example/api:1","ports":[{"name":"http","containerPort":8000}],
            "env":[{"name":"FEATURE_A","value":"true"},{"name":"FEATURE_B","valueFrom":{"configMapKeyRef":{"name":"settings","key":"b"}}}]},
           {"name":"metrics","image":"registry.example/metrics:1","env":[{"name":"FEATURE_A","value":"sidecar"}]}]}}}}
        """.Replace("NAME", name, StringComparison.Ordinal))!;

    public static JsonNode Service(string name, string slot) => JsonNode.Parse($$$"""
        {"kind":"Service","apiVersion":"v1","metadata":{"name":"{{{name}}}","labels":{"app":"{{{name}}}"}},
         "spec":{"selector":{"app":"{{{name}}}","example.com/slot":"{{{slot}}}"},"ports":[{"name":"http","port":80,"targetPort":"http"}]}}
        """)!;

    /// <summary>A pod that nobody runs; its status is the caller's.</summary>
    public static JsonNode Pod(string name, string app, string slot) => JsonNode.Parse($$$"""
        {"kind":"Pod","apiVersion":"v1","metadata":{"name":"{{{name}}}","labels":{"app":"{{{app}}}","example.com/slot":"{{{slot}}}"}},
         "spec":{"nodeName":"nowhere","containers":[{"name":"api","image":"registry.example/api:{{{slot}}}","ports":[{"name":"http","containerPort":8000}]}]}}
        """)!;

    public static JsonNode EndpointSlice(string service, params (string Pod, string Uid)[] pods) => new JsonObject
    {
        ["kind"] = "EndpointSlice",
        ["apiVersion"] = "discovery.k8s.io/v1",
        ["metadata"] = new JsonObject { ["name"] = $"{service}-1", ["labels"] = new JsonObject { ["kubernetes.io/service-name"] = service } },
        ["addressType"] = "IPv4",
        ["ports"] = new JsonArray(new JsonObject { ["name"] = "http", ["port"] = 8000 }),
        ["endpoints"] = new JsonArray([.. pods.Select((pod, index) => (JsonNode)new JsonObject
        {
            ["addresses"] = new JsonArray($"10.1.0.{index + 1}"),
            ["conditions"] = new JsonObject { ["ready"] = true },
            ["targetRef"] = new JsonObject { ["kind"] = "Pod", ["name"] = pod.Pod, ["uid"] = pod.Uid },
        })]),
    };

    public static JsonNode DisruptionBudget(string name) => JsonNode.Parse("""
        {"kind":"PodDisruptionBudget","apiVersion":"policy/v1","metadata":{"name":"NAME"},"spec":{"minAvailable":1,"selector":{"matchLabels":{"app":"NAME"}}}}
        """.Replace("NAME", name, StringComparison.Ordinal))!;
}
