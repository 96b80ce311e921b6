using System.Text.Json.Nodes;
using CsCheck;
using MalariaIncident.Sandbox.Kubernetes;
using MalariaIncident.Sandbox.Kubernetes.Patches;

namespace Engine.Tests.Sandbox;

/// <summary>The three kinds of patch, by the examples of their own documents.</summary>
public sealed class PatchTests
{
    private static JsonObject Object(string text) => (JsonObject)JsonNode.Parse(text)!;

    private static void Same(string expected, JsonNode actual) => Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), actual), $"expected {expected}, got {actual.ToJsonString()}");

    [Theory]
    [InlineData("""{"foo":"bar"}""", """[{"op":"add","path":"/baz","value":"qux"}]""", """{"baz":"qux","foo":"bar"}""")]
    [InlineData("""{"foo":["bar","baz"]}""", """[{"op":"add","path":"/foo/1","value":"qux"}]""", """{"foo":["bar","qux","baz"]}""")]
    [InlineData("""{"foo":["bar"]}""", """[{"op":"add","path":"/foo/-","value":["abc","def"]}]""", """{"foo":["bar",["abc","def"]]}""")]
    [InlineData("""{"baz":"qux","foo":"bar"}""", """[{"op":"remove","path":"/baz"}]""", """{"foo":"bar"}""")]
    [InlineData("""{"foo":["bar","qux","baz"]}""", """[{"op":"remove","path":"/foo/1"}]""", """{"foo":["bar","baz"]}""")]
    [InlineData("""{"foo":["a","b"]}""", """[{"op":"replace","path":"/foo/1","value":"c"}]""", """{"foo":["a","c"]}""")]
    [InlineData("""{"foo":{"bar":"baz","waldo":"fred"},"qux":{"corge":"grault"}}""", """[{"op":"move","from":"/foo/waldo","path":"/qux/thud"}]""", """{"foo":{"bar":"baz"},"qux":{"corge":"grault","thud":"fred"}}""")]
    [InlineData("""{"a":{"b":1}}""", """[{"op":"copy","from":"/a","path":"/c"}]""", """{"a":{"b":1},"c":{"b":1}}""")]
    [InlineData("""{"/":9,"~1":10}""", """[{"op":"test","path":"/~01","value":10}]""", """{"/":9,"~1":10}""")]
    [InlineData("""{"a":null}""", """[{"op":"test","path":"/a","value":null}]""", """{"a":null}""")]
    public void A_JSON_patch_does_what_RFC_6902_says(string document, string patch, string expected) => Same(expected, JsonPatch.Apply(Object(document), JsonNode.Parse(patch)));

    [Theory]
    [InlineData("""[{"op":"test","path":"/a","value":"other"}]""")]
    [InlineData("""[{"op":"replace","path":"/missing","value":1}]""")]
    [InlineData("""[{"op":"remove","path":"/list/7"}]""")]
    [InlineData("""[{"op":"add","path":"/list/7","value":1}]""")]
    [InlineData("""[{"op":"add","path":"/missing/child","value":1}]""")]
    [InlineData("""[{"op":"invent","path":"/a"}]""")]
    [InlineData("""[{"op":"add","value":1}]""")]
    public void A_JSON_patch_that_does_not_apply_is_422(string patch)
    {
        var document = Object("""{"a":"b","list":[1]}""");
        Assert.Equal(422, Assert.Throws<ApiException>(() => JsonPatch.Apply(document, JsonNode.Parse(patch))).Code);
        Same("""{"a":"b","list":[1]}""", document);
    }

    [Theory]
    [InlineData("""{"a":"b"}""", """{"a":"c"}""", """{"a":"c"}""")]
    [InlineData("""{"a":"b","b":"c"}""", """{"a":null}""", """{"b":"c"}""")]
    [InlineData("""{"a":["b"]}""", """{"a":"c"}""", """{"a":"c"}""")]
    [InlineData("""{"a":{"b":"c"}}""", """{"a":{"b":"d","c":null}}""", """{"a":{"b":"d"}}""")]
    [InlineData("""{"a":[{"b":"c"}]}""", """{"a":[1]}""", """{"a":[1]}""")]
    [InlineData("""{"e":null}""", """{"a":1}""", """{"e":null,"a":1}""")]
    [InlineData("""{}""", """{"a":{"bb":{"ccc":null}}}""", """{"a":{"bb":{}}}""")]
    public void A_merge_patch_does_what_RFC_7396_says(string document, string patch, string expected) => Same(expected, MergePatch.Apply(Object(document), JsonNode.Parse(patch)));

    [Theory]
    [InlineData("by key", """{"containers":[{"name":"a","image":"1"},{"name":"b","image":"2"}]}""", """{"containers":[{"name":"b","image":"3"}]}""", """{"containers":[{"name":"a","image":"1"},{"name":"b","image":"3"}]}""")]
    [InlineData("delete", """{"containers":[{"name":"a"},{"name":"b"}]}""", """{"containers":[{"$patch":"delete","name":"a"}]}""", """{"containers":[{"name":"b"}]}""")]
    [InlineData("replace list", """{"containers":[{"name":"a"},{"name":"b"}]}""", """{"containers":[{"$patch":"replace"},{"name":"c"}]}""", """{"containers":[{"name":"c"}]}""")]
    [InlineData("replace map", """{"a":{"x":1,"y":2}}""", """{"a":{"$patch":"replace","z":3}}""", """{"a":{"z":3}}""")]
    [InlineData("order", """{"env":[{"name":"a"},{"name":"b"}]}""", """{"$setElementOrder/env":[{"name":"c"},{"name":"a"},{"name":"b"}],"env":[{"name":"c"}]}""", """{"env":[{"name":"c"},{"name":"a"},{"name":"b"}]}""")]
    [InlineData("retain", """{"strategy":{"type":"RollingUpdate","rollingUpdate":{"maxSurge":1}}}""", """{"strategy":{"$retainKeys":["type"],"type":"Recreate"}}""", """{"strategy":{"type":"Recreate"}}""")]
    [InlineData("primitives", """{"finalizers":["a","b"]}""", """{"$deleteFromPrimitiveList/finalizers":["a"]}""", """{"finalizers":["b"]}""")]
    [InlineData("atomic", """{"args":["a","b"]}""", """{"args":["c"]}""", """{"args":["c"]}""")]
    [InlineData("ports of pods", """{"ports":[{"containerPort":80,"name":"x"}]}""", """{"ports":[{"containerPort":80,"name":"y"},{"containerPort":81}]}""", """{"ports":[{"containerPort":80,"name":"y"},{"containerPort":81}]}""")]
    [InlineData("new in front", """{"env":[{"name":"a"},{"name":"b"}]}""", """{"env":[{"name":"c"}]}""", """{"env":[{"name":"c"},{"name":"a"},{"name":"b"}]}""")]
    [InlineData("old in place", """{"env":[{"name":"a"},{"name":"b"},{"name":"c"}]}""", """{"env":[{"name":"b","value":"1"}]}""", """{"env":[{"name":"a"},{"name":"b","value":"1"},{"name":"c"}]}""")]
    [InlineData("order of the patch", """{"env":[{"name":"a"},{"name":"b"}]}""", """{"env":[{"name":"b"},{"name":"a"}]}""", """{"env":[{"name":"b"},{"name":"a"}]}""")]
    [InlineData("ports of services", """{"ports":[{"port":80,"name":"x"}]}""", """{"ports":[{"port":80,"targetPort":8080}]}""", """{"ports":[{"port":80,"name":"x","targetPort":8080}]}""")]
    [InlineData("null", """{"env":[{"name":"a","valueFrom":{"x":1}}]}""", """{"env":[{"name":"a","value":"v","valueFrom":null}]}""", """{"env":[{"name":"a","value":"v"}]}""")]
    public void A_strategic_merge_patch_follows_keys_and_directives(string what, string document, string patch, string expected)
    {
        Assert.NotEmpty(what);
        Same(expected, StrategicMergePatch.Apply(Object(document), JsonNode.Parse(patch)));
    }

    [Fact]
    public void An_element_without_its_key_is_refused() =>
        Assert.Equal(400, Assert.Throws<ApiException>(() => StrategicMergePatch.Apply(Object("""{"env":[{"name":"a"}]}"""), JsonNode.Parse("""{"env":[{"value":"x"}]}"""))).Code);

    [Fact]
    public void A_merge_patch_applied_twice_is_the_same_as_once() =>
        Gen.Select(Documents, Documents).Sample((document, patch) =>
        {
            var once = MergePatch.Apply(document, patch);
            return JsonNode.DeepEquals(once, MergePatch.Apply(once, patch));
        }, iter: 300);

    private static readonly string[] Names = ["a", "b", "c"];
    private static readonly string[] Values = ["1", "\"x\"", "null", """{"d":1}""", """{"d":null,"e":2}""", "[1,2]"];
    private static readonly Gen<JsonObject> Documents = Gen.Dictionary(Gen.Int[0, Names.Length - 1], Gen.Int[0, Values.Length - 1])[0, 3]
        .Select(members => new JsonObject(members.Select(pair => KeyValuePair.Create(Names[pair.Key], JsonNode.Parse(Values[pair.Value])))));
}
