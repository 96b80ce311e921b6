using YamlDotNet.RepresentationModel;

namespace MalariaIncident.Sandbox.Kubernetes.Security;

/// <summary>Roles and bindings of a manifest, joined: what the API server makes of them when it judges.</summary>
internal static class RoleManifest
{
    /// <summary>A manifest of the folder kubernetes/, as it ships.</summary>
    public static string Shipped(string name)
    {
        using var stream = typeof(RoleManifest).Assembly.GetManifestResourceStream("kubernetes/" + name) ?? throw new ArgumentException($"There is no kubernetes/{name}.", nameof(name));
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    public static IReadOnlyList<RoleGrant> Read(string manifests, string ns)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(manifests));
        var objects = stream.Documents.Select(document => (YamlMappingNode)document.RootNode).ToList();
        return
        [
            .. from binding in objects
               where Text(binding, "kind").EndsWith("Binding", StringComparison.Ordinal)
               let reference = (YamlMappingNode)binding["roleRef"]
               let role = objects.Single(candidate => Text(candidate, "kind") == Text(reference, "kind") && Text((YamlMappingNode)candidate["metadata"], "name") == Text(reference, "name"))
               from YamlMappingNode rule in (YamlSequenceNode)role["rules"]
               select new RoleGrant(
                   Texts(rule, "apiGroups"), Texts(rule, "resources"), Texts(rule, "resourceNames"), Texts(rule, "verbs"),
                   Text(binding, "kind") == "RoleBinding" ? ns : null,
                   [.. ((YamlSequenceNode)binding["subjects"]).Select(subject => Text((YamlMappingNode)subject, "name"))]),
        ];
    }

    private static string Text(YamlMappingNode node, string key) => ((YamlScalarNode)node[key]).Value ?? "";

    private static string[] Texts(YamlMappingNode node, string key) =>
        node.Children.TryGetValue(key, out var list) ? [.. ((YamlSequenceNode)list).Select(item => ((YamlScalarNode)item).Value ?? "")] : [];
}
