using System.Text.Json.Nodes;

namespace Engine.Tests.Sandbox;

/// <summary>The objects that the contract works on.</summary>
internal static class ContractObjects
{
    public static JsonNode Namespace(string name) => new JsonObject { ["kind"] = "Namespace", ["apiVersion"] = "v1", ["metadata"] = new JsonObject { ["name"] = name } };

    public static JsonNode ConfigMap(string name, string label = "a") =>
        JsonNode.Parse($$$"""{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"{{{name}}}","labels":{"group":"{{{label}}}"}},"data":{"key":"value"}}""")!;

    /// <summary>Two containers, a variable from a config map; no replicas, so that no controller has anything to do.</summary>
    public static JsonNode Deployment(string name) => JsonNode.Parse("""
        {"kind":"Deployment","apiVersion":"apps/v1","metadata":{"name":"NAME","labels":{"app":"NAME"},"annotations":{"made-by":"contract"}},
         "spec":{"replicas":0,"selector":{"matchLabels":{"app":"NAME"}},
          "template":{"metadata":{"labels":{"app":"NAME"}},"spec":{"containers":[
           {"name":"api","image":"registry.example/api:1","ports":[{"name":"http","containerPort":8000}],
            "env":[{"name":"FEATURE_A","value":"true"},{"name":"FEATURE_B","valueFrom":{"configMapKeyRef":{"name":"settings","key":"b"}}}]},
           {"name":"metrics","image":"registry.example/metrics:1","env":[{"name":"FEATURE_A","value":"sidecar"}]}]}}}}
        """.Replace("NAME", name, StringComparison.Ordinal))!;
}
