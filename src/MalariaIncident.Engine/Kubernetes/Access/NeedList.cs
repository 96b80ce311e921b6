using System.Collections;

namespace MalariaIncident.Engine.Kubernetes.Access;

/// <summary>Writes the table of permissions as sentences; a list is never changed, only continued.</summary>
internal sealed class NeedList : IReadOnlyList<CommandNeed>
{
    private readonly CommandNeed[] needs;
    private readonly GrantedBy by;
    private readonly PermissionReach reach;

    private NeedList(CommandNeed[] needs, GrantedBy by, PermissionReach reach) => (this.needs, this.by, this.reach) = (needs, by, reach);

    /// <summary>What follows is granted to those who look.</summary>
    public static NeedList Read { get; } = new([], GrantedBy.Reader, PermissionReach.Namespace);

    public int Count => needs.Length;

    public CommandNeed this[int index] => needs[index];

    /// <summary>What follows is granted to those who act.</summary>
    public NeedList Act() => By(GrantedBy.Operator);

    /// <summary>What follows is granted by another manifest.</summary>
    public NeedList By(GrantedBy manifest) => new(needs, manifest, PermissionReach.Namespace);

    /// <summary>What follows has to hold over all namespaces.</summary>
    public NeedList Everywhere() => new(needs, by, PermissionReach.Cluster);

    /// <summary>The command does not work without.</summary>
    public NeedList Needs(string verb, string group, string resource) => With(new(new(verb, group, resource, reach), null, by));

    /// <summary>The command works without, and lacks something.</summary>
    public NeedList Helps(string verb, string group, string resource, string without) => With(new(new(verb, group, resource, reach), without, by));

    /// <summary>Both; what one of them cannot do without is required.</summary>
    public NeedList And(NeedList others) => new([.. others.needs.Aggregate(this, (list, need) => list.With(need)).needs], by, reach);

    public IEnumerator<CommandNeed> GetEnumerator() => ((IEnumerable<CommandNeed>)needs).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private NeedList With(CommandNeed need)
    {
        var known = Array.FindIndex(needs, other => other.Permission == need.Permission);
        if (known < 0)
        {
            return new([.. needs, need], by, reach);
        }

        return need.IsRequired && !needs[known].IsRequired ? new([.. needs[..known], need, .. needs[(known + 1)..]], by, reach) : this;
    }
}
