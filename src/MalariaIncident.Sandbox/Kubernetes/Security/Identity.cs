namespace MalariaIncident.Sandbox.Kubernetes.Security;

/// <summary>Who makes a request.</summary>
internal sealed record Identity(string User, string[] Groups)
{
    public const string Masters = "system:masters";
    public static readonly Identity Admin = new("sandbox-admin", [Masters, "system:authenticated"]);
    /// <summary>Has what kubernetes/incident-operator.yaml and incident-reader.yaml grant to their group.</summary>
    public static readonly Identity Operator = new("sandbox-operator", ["malaria-incident-operators", "system:authenticated"]);
    /// <summary>Has what kubernetes/incident-reader.yaml grants to its group.</summary>
    public static readonly Identity Reader = new("sandbox-reader", ["malaria-incident-readers", "system:authenticated"]);
    /// <summary>Reads everything but secrets and changes nothing, as the built-in ClusterRole view does.</summary>
    public static readonly Identity Viewer = new("sandbox-viewer", ["system:authenticated"]);
}
