using System.Text.Json.Nodes;
using MalariaIncident;
using MalariaIncident.Engine.Kubernetes.Rollouts;

namespace Engine.Tests.Kubernetes.Rollouts;

/// <summary>What a degradation replaces in a container's environment is put back exactly.</summary>
public sealed class EnvironmentEditTests
{
    private const string Env = """[{"name":"A","value":"1"},{"name":"FEATURE_X","valueFrom":{"configMapKeyRef":{"name":"cfg","key":"x"}}},{"name":"B","value":"$(FEATURE_X)"}]""";

    private static EnvironmentEdit SetAndBack(JsonObject template, string name, out JsonObject changed)
    {
        var edit = EnvironmentEdit.Set(new PodTemplate(template), "api", name, "false");
        changed = (JsonObject)template.DeepClone();
        _ = edit.Apply(changed).ToList();
        return EnvironmentEdit.FromJson(JsonNode.Parse(edit.ToJson().ToJsonString())!).Reversed();
    }

    private static string EnvOf(JsonObject template) => template["spec"]!["containers"]![0]!["env"]?.ToJsonString() ?? "absent";

    [Fact]
    public void A_value_from_a_config_map_comes_back_in_its_place()
    {
        var template = Cluster.Template("api:1", Env);
        var back = SetAndBack(template, "FEATURE_X", out var changed);
        Assert.Equal("""{"name":"FEATURE_X","value":"false"}""", changed["spec"]!["containers"]![0]!["env"]![1]!.ToJsonString());
        var operations = back.Apply(changed).ToList();
        Assert.Equal("/spec/template/spec/containers/0/env/1", Assert.Single(operations)["path"]!.GetValue<string>());
        Assert.Equal(EnvOf(template), EnvOf(changed));
    }

    [Fact]
    public void An_absent_variable_is_absent_again_even_after_others_moved()
    {
        var template = Cluster.Template("api:1", Env);
        var back = SetAndBack(template, "FEATURE_Y", out var changed);
        ((JsonArray)changed["spec"]!["containers"]![0]!["env"]!).Insert(0, JsonNode.Parse("""{"name":"NEW","value":"1"}"""));
        var operation = Assert.Single(back.Apply(changed));
        Assert.Equal(("remove", "/spec/template/spec/containers/0/env/4"), (operation["op"]!.GetValue<string>(), operation["path"]!.GetValue<string>()));
        Assert.DoesNotContain("FEATURE_Y", EnvOf(changed), StringComparison.Ordinal);
    }

    [Fact]
    public void Where_there_was_no_list_there_is_none_again()
    {
        var template = Cluster.Template("api:1");
        ((JsonObject)template["spec"]!["containers"]![0]!).Remove("env");
        var back = SetAndBack(template, "FEATURE_X", out var changed);
        Assert.Equal("""[{"name":"FEATURE_X","value":"false"}]""", EnvOf(changed));
        _ = back.Apply(changed).ToList();
        Assert.Equal("absent", EnvOf(changed));
    }

    [Fact]
    public void Only_the_named_container_is_touched()
    {
        var template = Cluster.Template("api:1", Env);
        ((JsonArray)template["spec"]!["containers"]!).Insert(0, JsonNode.Parse("""{"name":"proxy","image":"p:1","env":[{"name":"FEATURE_X","value":"true"}]}"""));
        var edit = EnvironmentEdit.Set(new PodTemplate(template), "api", "FEATURE_X", "false");
        var operation = Assert.Single(edit.Apply(template));
        Assert.Equal("/spec/template/spec/containers/1/env/1", operation["path"]!.GetValue<string>());
        Assert.Equal("true", template["spec"]!["containers"]![0]!["env"]![0]!["value"]!.GetValue<string>());
    }

    [Fact]
    public void Of_a_repeated_name_the_last_one_counts()
    {
        var template = Cluster.Template("api:1", """[{"name":"FEATURE_X","value":"old"},{"name":"FEATURE_X","value":"true"}]""");
        var edit = EnvironmentEdit.Set(new PodTemplate(template), "api", "FEATURE_X", "false");
        Assert.Equal(1, edit.Position);
        Assert.Equal("true", edit.Before!["value"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("ml-predictions", "FEATURE_ML_PREDICTIONS")]
    [InlineData("Alerts", "FEATURE_ALERTS")]
    [InlineData("FEATURE_EXPORT", "FEATURE_EXPORT")]
    public void A_feature_becomes_its_variable(string name, string variable) => Assert.Equal(variable, FeatureName.Variable(name));

    [Theory]
    [InlineData("")]
    [InlineData("9lives")]
    [InlineData("a=b")]
    [InlineData("$(X)")]
    [InlineData("a b")]
    [InlineData("FEATURE_")]
    public void A_name_that_cannot_be_a_variable_is_refused(string name)
        => Assert.Equal(FailureKind.NameInvalid, Assert.Throws<IncidentException>(() => FeatureName.Variable(name)).Kind);
}
