namespace MalariaIncident.Engine.Kubernetes;

/// <summary>
/// What the handlers must know about the call that a request belongs to: whether it may write, and whether anything of a
/// write has left. Flows with the call, so that it reaches the handlers through KubernetesClient's generated methods.
/// </summary>
internal sealed class ClusterCall
{
    private static readonly AsyncLocal<ClusterCall?> Flowing = new();

    public required bool Writes { get; init; }

    /// <summary>A write's body began to leave: from here on a lost answer means that nobody knows.</summary>
    public bool Left { get; set; }

    public static ClusterCall? Current
    {
        get => Flowing.Value;
        set => Flowing.Value = value;
    }
}
