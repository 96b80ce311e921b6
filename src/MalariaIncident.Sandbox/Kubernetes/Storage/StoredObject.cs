using System.Text;
using System.Text.Json;
using k8s;
using k8s.Models;

namespace MalariaIncident.Sandbox.Kubernetes.Storage;

/// <summary>
/// One version of one object. The JSON is what is kept: a list is answered by copying bytes, and ten thousand pods stay cheap.
/// The typed form is made on demand and may go again; whoever reads it must not change it.
/// </summary>
internal sealed class StoredObject
{
    private static readonly IReadOnlyDictionary<string, string> None = new Dictionary<string, string>(StringComparer.Ordinal);
    private readonly int _prefix;
    private readonly WeakReference<IKubernetesObject<V1ObjectMeta>?> _typed;

    public StoredObject(ResourceKind kind, IKubernetesObject<V1ObjectMeta> value, long version)
    {
        var metadata = value.Metadata;
        metadata.ResourceVersion = version.ToString();
        Kind = kind;
        Version = version;
        Namespace = metadata.NamespaceProperty ?? "";
        Name = metadata.Name;
        Uid = metadata.Uid;
        CreatedAt = metadata.CreationTimestamp ?? default;
        Labels = metadata.Labels is { Count: > 0 } labels ? new Dictionary<string, string>(labels, StringComparer.Ordinal) : None;
        Json = Serialize(kind, value);
        _prefix = Prefix(kind).Length;
        _typed = new(value);
    }

    /// <summary>From JSON that is known to be what <see cref="Serialize"/> would write: bulk objects are never typed unless somebody asks.</summary>
    public StoredObject(ResourceKind kind, V1ObjectMeta metadata, byte[] json, long version)
    {
        Kind = kind;
        Version = version;
        Namespace = metadata.NamespaceProperty ?? "";
        Name = metadata.Name;
        Uid = metadata.Uid;
        CreatedAt = metadata.CreationTimestamp ?? default;
        Labels = (IReadOnlyDictionary<string, string>?)metadata.Labels ?? None;
        Json = json;
        _prefix = Prefix(kind).Length;
        _typed = new(null);
    }

    public ResourceKind Kind { get; }
    public long Version { get; }
    public string Namespace { get; }
    public string Name { get; }
    public string Uid { get; }
    public DateTime CreatedAt { get; }
    public IReadOnlyDictionary<string, string> Labels { get; }
    public ReadOnlyMemory<byte> Json { get; }
    /// <summary>Members after apiVersion and kind, closing brace included: the elements of a list do not name their kind.</summary>
    public ReadOnlyMemory<byte> Members => Json[_prefix..];

    /// <summary>The metadata alone, cut from the JSON.</summary>
    public ReadOnlyMemory<byte> Metadata
    {
        get
        {
            var reader = new Utf8JsonReader(Json.Span);
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var found = reader.ValueTextEquals("metadata"u8);
                reader.Read();
                var start = (int)reader.TokenStartIndex;
                reader.Skip();
                if (found) return Json[start..(int)reader.BytesConsumed];
            }
            throw new InvalidOperationException("Every object has metadata.");
        }
    }

    /// <summary>What a printer remembers of this version, so that a second table costs nothing.</summary>
    public object? Row { get; set; }
    /// <summary>What the metrics remember of this version.</summary>
    public object? Usage { get; set; }

    public T As<T>() where T : class, IKubernetesObject<V1ObjectMeta> => (T)Typed;

    public IKubernetesObject<V1ObjectMeta> Typed
    {
        get
        {
            if (_typed.TryGetTarget(out var value)) return value;
            value = Copy();
            _typed.SetTarget(value);
            return value;
        }
    }

    /// <summary>A typed copy of one's own.</summary>
    public IKubernetesObject<V1ObjectMeta> Copy() => Kind.Parse(Json.ToArray());

    /// <summary>The object with its kind and version first, so that the rest can be cut off for lists.</summary>
    public static byte[] Serialize(ResourceKind kind, IKubernetesObject<V1ObjectMeta> value)
    {
        (value.Kind, value.ApiVersion) = (null, null);
        var members = KubernetesJson.Serialize(value);
        (value.Kind, value.ApiVersion) = (kind.Kind, kind.ApiVersion);
        return Encoding.UTF8.GetBytes(Prefix(kind) + members[1..]);
    }

    private static string Prefix(ResourceKind kind) => $"{{\"kind\":\"{kind.Kind}\",\"apiVersion\":\"{kind.ApiVersion}\",";
}
