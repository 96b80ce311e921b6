namespace MalariaIncident.Sandbox.Kubernetes.Security;

/// <summary>Who makes a request.</summary>
internal sealed record Identity(string User, string[] Groups)
{
    public const string Masters = "system:masters";
    public static readonly Identity Admin = new("sandbox-admin", [Masters, "system:authenticated"]);
    /// <summary>Reads everything but secrets and changes nothing, as the built-in ClusterRole view does.</summary>
    public static readonly Identity Viewer = new("sandbox-viewer", ["system:authenticated"]);
}
