using System.Collections.Immutable;
using k8s;
using k8s.Models;

namespace MalariaIncident.Sandbox.Kubernetes.Storage;

using NamedObjects = ImmutableSortedDictionary<string, StoredObject>;

/// <summary>The objects of the cluster with one counter of versions, a bounded history for watches, and snapshots for paging.</summary>
internal sealed class ClusterStore(TimeProvider clock)
{
    private const int HistoryLimit = 20_000;
    private static readonly NamedObjects Empty = NamedObjects.Empty.WithComparers(StringComparer.Ordinal);
    private readonly Dictionary<ResourceKind, ImmutableSortedDictionary<string, NamedObjects>> _objects = [];
    private readonly List<StoreChange> _history = [];
    private readonly Random _random = new(20260807);
    private long _version = 184_000;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Held by everyone who reads and then writes. Re-entrant.</summary>
    public Lock Gate { get; } = new();

    public long Version
    {
        get { lock (Gate) return _version; }
    }

    /// <summary>The version before the oldest change that is remembered: a watch from before it gets 410.</summary>
    public long OldestWatchable { get; private set; } = 184_000;

    public DateTime Now => Seconds(clock.GetUtcNow());

    /// <summary>What a mutating webhook does to each new object before it is stored; nothing unless somebody says so.</summary>
    public Action<ResourceKind, IKubernetesObject<V1ObjectMeta>>? Admission { get; set; }

    /// <summary>The API's times have whole seconds.</summary>
    public static DateTime Seconds(DateTimeOffset time) => new(time.UtcTicks - (time.UtcTicks % TimeSpan.TicksPerSecond), DateTimeKind.Utc);

    public StoredObject? Find(ResourceKind kind, string ns, string name)
    {
        lock (Gate) return _objects.GetValueOrDefault(kind)?.GetValueOrDefault(ns)?.GetValueOrDefault(name);
    }

    /// <summary>Objects in the order of the API: namespace, then name. A namespace of null means all.</summary>
    public IReadOnlyList<StoredObject> List(ResourceKind kind, string? ns, out long version)
    {
        lock (Gate)
        {
            version = _version;
            if (!_objects.TryGetValue(kind, out var spaces)) return [];
            if (ns is not null) return spaces.TryGetValue(ns, out var named) ? [.. named.Values] : [];
            return [.. spaces.Values.SelectMany(space => space.Values)];
        }
    }

    public IEnumerable<T> All<T>(ResourceKind kind, string? ns = null) where T : class, IKubernetesObject<V1ObjectMeta> =>
        List(kind, ns, out _).Select(stored => stored.As<T>());

    /// <summary>Adds an object; name, uid and creation time are filled in where they are missing.</summary>
    public StoredObject Add(ResourceKind kind, IKubernetesObject<V1ObjectMeta> value)
    {
        lock (Gate)
        {
            Complete(kind, value);
            Admission?.Invoke(kind, value);
            var stored = new StoredObject(kind, value, ++_version);
            Put(stored);
            Remember(new(stored.Version, ChangeType.Added, stored, null));
            return stored;
        }
    }

    /// <summary>Fills in what the server assigns.</summary>
    public void Complete(ResourceKind kind, IKubernetesObject<V1ObjectMeta> value)
    {
        var metadata = value.Metadata ??= new();
        metadata.Name ??= metadata.GenerateName + Suffix(5);
        metadata.Uid ??= NewUid();
        metadata.CreationTimestamp ??= Now;
        if (kind.HasGeneration) metadata.Generation ??= 1;
        if (!kind.Namespaced) metadata.NamespaceProperty = null;
    }

    /// <summary>Puts many objects there as if they had always been: no watch tells of them.</summary>
    public void Load(ResourceKind kind, string ns, IEnumerable<Func<long, StoredObject>> objects)
    {
        lock (Gate)
        {
            var spaces = _objects.GetValueOrDefault(kind) ?? ImmutableSortedDictionary<string, NamedObjects>.Empty.WithComparers(StringComparer.Ordinal);
            var named = spaces.GetValueOrDefault(ns, Empty).ToBuilder();
            foreach (var make in objects)
            {
                var stored = make(++_version);
                named[stored.Name] = stored;
            }
            _objects[kind] = spaces.SetItem(ns, named.ToImmutable());
        }
    }

    /// <summary>Replaces an object. Nothing happens when it is the same to the byte.</summary>
    public StoredObject Replace(StoredObject before, IKubernetesObject<V1ObjectMeta> value)
    {
        lock (Gate)
        {
            value.Metadata.ResourceVersion = before.Version.ToString();
            if (before.Json.Span.SequenceEqual(StoredObject.Serialize(before.Kind, value))) return before;
            var stored = new StoredObject(before.Kind, value, ++_version);
            Put(stored);
            Remember(new(stored.Version, ChangeType.Modified, stored, before));
            return stored;
        }
    }

    /// <summary>Reads, changes and writes under the gate; null where the object is gone.</summary>
    public StoredObject? Update<T>(ResourceKind kind, string ns, string name, Action<T> change) where T : class, IKubernetesObject<V1ObjectMeta>
    {
        lock (Gate)
        {
            if (Find(kind, ns, name) is not { } before) return null;
            var copy = (T)before.Copy();
            change(copy);
            return Replace(before, copy);
        }
    }

    public void Remove(StoredObject stored)
    {
        lock (Gate)
        {
            if (Find(stored.Kind, stored.Namespace, stored.Name) is not { } found || found.Uid != stored.Uid) return;
            var spaces = _objects[stored.Kind];
            _objects[stored.Kind] = spaces.SetItem(stored.Namespace, spaces[stored.Namespace].Remove(stored.Name));
            var last = new StoredObject(stored.Kind, found.Copy(), ++_version);
            Remember(new(last.Version, ChangeType.Deleted, last, found));
        }
    }

    /// <summary>Changes after a version, and what to await when there are none. Null when the history no longer reaches back.</summary>
    public IReadOnlyList<StoreChange>? ChangesAfter(long version, out long current, out Task next)
    {
        lock (Gate)
        {
            current = _version;
            next = _changed.Task;
            if (version < OldestWatchable) return null;
            var low = 0;
            for (var high = _history.Count; low < high;)
            {
                var middle = (low + high) / 2;
                if (_history[middle].Version <= version) low = middle + 1;
                else high = middle;
            }
            return _history.GetRange(low, _history.Count - low);
        }
    }

    /// <summary>What etcd's compaction does: older versions cannot be watched from any more.</summary>
    public void Compact()
    {
        lock (Gate)
        {
            _history.Clear();
            OldestWatchable = ++_version;
            Wake();
        }
    }

    /// <summary>Letters that the API server uses for generated names.</summary>
    public string Suffix(int length)
    {
        const string letters = "bcdfghjklmnpqrstvwxz2456789";
        lock (Gate) return string.Concat(Enumerable.Range(0, length).Select(_ => letters[_random.Next(letters.Length)]));
    }

    public string NewUid()
    {
        Span<byte> bytes = stackalloc byte[16];
        lock (Gate) _random.NextBytes(bytes);
        bytes[7] = (byte)((bytes[7] & 0x0f) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3f) | 0x80);
        return new Guid(bytes).ToString();
    }

    private void Put(StoredObject stored)
    {
        var spaces = _objects.GetValueOrDefault(stored.Kind) ?? ImmutableSortedDictionary<string, NamedObjects>.Empty.WithComparers(StringComparer.Ordinal);
        _objects[stored.Kind] = spaces.SetItem(stored.Namespace, spaces.GetValueOrDefault(stored.Namespace, Empty).SetItem(stored.Name, stored));
    }

    private void Remember(StoreChange change)
    {
        _history.Add(change);
        if (_history.Count > HistoryLimit)
        {
            OldestWatchable = _history[HistoryLimit / 2].Version;
            _history.RemoveRange(0, (HistoryLimit / 2) + 1);
        }
        Wake();
    }

    /// <summary>Makes everyone who waits for a change look again.</summary>
    public void Nudge()
    {
        lock (Gate) Wake();
    }

    private void Wake()
    {
        var changed = _changed;
        _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        changed.SetResult();
    }
}
