namespace MalariaIncident.Sandbox.World;

/// <summary>Names of the production environment that the runbook speaks of.</summary>
public static class ProductionNames
{
    /// <summary>Namespace.</summary>
    public const string Namespace = "malaria-prediction-production";
    /// <summary>The application: the blue slot, which is live.</summary>
    public const string Deployment = "malaria-predictor-api";
    /// <summary>The other slot.</summary>
    public const string GreenDeployment = "malaria-predictor-api-green";
    /// <summary>The slot that is live.</summary>
    public const string BlueSlot = "blue";
    /// <summary>The idle slot.</summary>
    public const string GreenSlot = "green";
    /// <summary>The label that tells the slots apart.</summary>
    public const string SlotKey = "version";
    /// <summary>The application's container.</summary>
    public const string Container = "api";
    /// <summary>The container beside it.</summary>
    public const string Sidecar = "metrics";
    /// <summary>The service in front of the live slot.</summary>
    public const string Service = "malaria-predictor-service";
    /// <summary>Connection pooler.</summary>
    public const string Pooler = "pgbouncer";
    /// <summary>Database.</summary>
    public const string Database = "postgres";
    /// <summary>Image without its tag.</summary>
    public const string Image = "registry.example/malaria-prediction-api";
    /// <summary>The release that has been healthy for days.</summary>
    public const string GoodTag = "1.4.2";
    /// <summary>Secret with the connection strings.</summary>
    public const string Secret = "malaria-predictor-secrets";
    /// <summary>Settings.</summary>
    public const string ConfigMap = "malaria-predictor-config";
}
