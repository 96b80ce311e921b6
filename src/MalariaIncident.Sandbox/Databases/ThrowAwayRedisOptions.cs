namespace MalariaIncident.Sandbox.Databases;

/// <summary>What a throw-away cache is to be like.</summary>
public sealed record ThrowAwayRedisOptions
{
    /// <summary>False takes everyone who comes.</summary>
    public bool WithPassword { get; init; } = true;

    /// <summary>Settings of redis-server, as on its command line: <c>--maxmemory</c>, <c>2mb</c> …</summary>
    public IReadOnlyList<string> Settings { get; init; } = [];

    /// <summary>PEM files; with them it speaks TLS and nothing else.</summary>
    public (string Certificate, string Key)? Tls { get; init; }
}
