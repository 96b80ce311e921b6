using k8s;
using k8s.Models;

namespace MalariaIncident.Sandbox.Kubernetes.Storage;

/// <summary>A kind of object that the API serves: its names, its verbs and how its JSON becomes a typed object.</summary>
internal sealed class ResourceKind
{
    private readonly Func<byte[], IKubernetesObject<V1ObjectMeta>> _parse;

    private ResourceKind(Func<byte[], IKubernetesObject<V1ObjectMeta>> parse) => _parse = parse;

    public required string Group { get; init; }
    public required string Version { get; init; }
    public required string Kind { get; init; }
    public required string Plural { get; init; }
    public string Singular => Kind.ToLowerInvariant();
    public bool Namespaced { get; init; } = true;
    public IReadOnlyList<string> ShortNames { get; init; } = [];
    public IReadOnlyList<string> Categories { get; init; } = [];
    public IReadOnlyList<string> Verbs { get; init; } = AllVerbs;
    public IReadOnlyList<Subresource> Subresources { get; init; } = [];
    /// <summary>Members beside metadata whose change is a new generation; empty where the kind counts none.</summary>
    public bool HasGeneration { get; init; }

    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";
    /// <summary>As error messages name it: <c>deployments.apps</c>.</summary>
    public string QualifiedPlural => Group.Length == 0 ? Plural : $"{Plural}.{Group}";
    public string QualifiedKind => Group.Length == 0 ? Kind : $"{Kind}.{Group}";
    public bool HasStatus => Subresources.Any(subresource => subresource.Name == "status");

    public static readonly string[] AllVerbs = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];
    public static readonly string[] ReadVerbs = ["get", "list", "watch"];

    public static ResourceKind Of<T>(string group, string version, string kind, string plural, Func<ResourceKindNames, ResourceKindNames>? more = null)
        where T : IKubernetesObject<V1ObjectMeta>
    {
        var names = more?.Invoke(new()) ?? new();
        return new(json => KubernetesJson.Deserialize<T>(new MemoryStream(json, writable: false)))
        {
            Group = group,
            Version = version,
            Kind = kind,
            Plural = plural,
            Namespaced = names.Namespaced,
            ShortNames = names.ShortNames,
            Categories = names.Categories,
            Verbs = names.ReadOnly ? ReadVerbs : AllVerbs,
            Subresources = names.Subresources,
            HasGeneration = names.HasGeneration,
        };
    }

    /// <summary>Throws JsonException for JSON that is not of this kind; drops members that the kind does not have, as the server does.</summary>
    public IKubernetesObject<V1ObjectMeta> Parse(byte[] json) => _parse(json);

    public override string ToString() => QualifiedPlural;
}

/// <summary>The optional traits of a kind.</summary>
internal sealed record ResourceKindNames
{
    public bool Namespaced { get; init; } = true;
    public bool ReadOnly { get; init; }
    public bool HasGeneration { get; init; }
    public string[] ShortNames { get; init; } = [];
    public string[] Categories { get; init; } = [];
    public Subresource[] Subresources { get; init; } = [];
}

/// <summary>A subresource as discovery lists it.</summary>
internal sealed record Subresource(string Name, string Kind, string[] Verbs, string? Group = null, string? Version = null);
