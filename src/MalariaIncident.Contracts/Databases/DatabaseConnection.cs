namespace MalariaIncident;

/// <summary>Connections of one client, application, user and state, against what the server takes.</summary>
public sealed record DatabaseConnection
{
    /// <summary>Incident id, if any.</summary>
    public string? Incident { get; init; }
    /// <summary>Environment name, if any.</summary>
    public string? Environment { get; init; }
    /// <summary>The server, <c>host:port</c>.</summary>
    public required string Server { get; init; }
    /// <summary>How the connection is protected.</summary>
    public string? Encryption { get; init; }
    /// <summary>True when the server is a standby.</summary>
    public bool Standby { get; init; }
    /// <summary>Database.</summary>
    public string? Database { get; init; }
    /// <summary>User.</summary>
    public string? User { get; init; }
    /// <summary>Application name.</summary>
    public string? Application { get; init; }
    /// <summary>Client address, without its port.</summary>
    public string? Client { get; init; }
    /// <summary>active, idle, idle in transaction …</summary>
    public required string State { get; init; }
    /// <summary>Connections of this group.</summary>
    public required int Count { get; init; }
    /// <summary>Of them, those that wait for a lock.</summary>
    public int Waiting { get; init; }
    /// <summary>How long the oldest of them has been in this state.</summary>
    public TimeSpan Oldest { get; init; }
    /// <summary>Client connections of the whole server, without this command's own.</summary>
    public required int Used { get; init; }
    /// <summary>max_connections.</summary>
    public required int Maximum { get; init; }
    /// <summary>Of these, kept free for superusers and roles with reserved connections.</summary>
    public required int Reserved { get; init; }
    /// <summary>How to reach the database again; a secret only as reference.</summary>
    public Scope? Scope { get; init; }
    /// <summary>How many more an ordinary role can open.</summary>
    public int Free => Math.Max(0, Maximum - Reserved - Used);
    /// <summary>Share of this group in what ordinary roles can have, in percent.</summary>
    public double Share => Maximum > Reserved ? 100.0 * Count / (Maximum - Reserved) : 100;
}
