namespace MalariaIncident;

/// <summary>What the application leans on.</summary>
public enum DependencyKind
{
    /// <summary>PostgreSQL.</summary>
    Database,
    /// <summary>Redis.</summary>
    Cache,
    /// <summary>An address outside, over HTTP.</summary>
    External,
}

/// <summary>What one side saw of a dependency.</summary>
public enum DependencyState
{
    /// <summary>It was not asked, or the asking itself failed: this says nothing about the dependency.</summary>
    NotChecked,
    /// <summary>It answers as it should.</summary>
    Up,
    /// <summary>Nothing answers at its address: no name, no route, nothing listens, silence.</summary>
    Unreachable,
    /// <summary>It answers, and does not accept the credentials.</summary>
    CredentialsRefused,
    /// <summary>It answers, and not as it should: a certificate, an error, a limit.</summary>
    Failing,
}

/// <summary>Both sides, put together.</summary>
public enum DependencyVerdict
{
    /// <summary>Neither side could be asked.</summary>
    Unknown,
    /// <summary>It answers every side that was asked.</summary>
    Up,
    /// <summary>Nobody reaches it.</summary>
    Down,
    /// <summary>This machine does not reach it. The application does, unless its side was not checked.</summary>
    UnreachableFromHere,
    /// <summary>The application does not reach it. This machine does, unless its side was not checked.</summary>
    UnreachableFromPod,
    /// <summary>It answers, and does not accept the credentials of at least one side.</summary>
    CredentialsRefused,
    /// <summary>It answers, and not as it should.</summary>
    Failing,
}

/// <summary>A dependency, seen from one side.</summary>
public sealed record DependencyView
{
    /// <summary>What was seen.</summary>
    public required DependencyState State { get; init; }
    /// <summary><c>this machine</c>, or <c>pod/container</c>; null where no pod could be asked.</summary>
    public string? From { get; init; }
    /// <summary>The address asked, without credentials; null where none is known.</summary>
    public string? Address { get; init; }
    /// <summary>How long the answer took, the way to the pod included.</summary>
    public TimeSpan? Latency { get; init; }
    /// <summary>What was found, in a sentence.</summary>
    public required string Detail { get; init; }

    /// <summary>In one line, for lists. What was not checked says so in its detail.</summary>
    public override string ToString() => State == DependencyState.NotChecked ? Detail : $"{State}: {Detail}";
}

/// <summary>One dependency, seen from this machine and from inside a pod of the application.</summary>
public sealed record ServiceDependency
{
    /// <summary>Incident id, if any.</summary>
    public string? Incident { get; init; }
    /// <summary>Environment name, if any.</summary>
    public string? Environment { get; init; }
    /// <summary>database, cache, or the name in the environment file.</summary>
    public required string Name { get; init; }
    /// <summary>What it is.</summary>
    public required DependencyKind Kind { get; init; }
    /// <summary>Both sides, put together.</summary>
    public required DependencyVerdict Verdict { get; init; }
    /// <summary>True when it answers every side that was asked; null when none could be.</summary>
    public bool? Healthy => Verdict == DependencyVerdict.Unknown ? null : Verdict == DependencyVerdict.Up;
    /// <summary>Seen from this machine.</summary>
    public required DependencyView Here { get; init; }
    /// <summary>Seen from inside a pod.</summary>
    public required DependencyView Pod { get; init; }
    /// <summary>UTC.</summary>
    public required DateTimeOffset Time { get; init; }
    /// <summary>The verdict and what speaks for it, in sentences.</summary>
    public required string Detail { get; init; }
}

/// <summary>Which dependencies to test, and from where.</summary>
public sealed record DependencyOptions
{
    /// <summary>Names, wildcards allowed; empty means all.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];
    /// <summary>Ask from this machine only: no command is run in a pod.</summary>
    public bool HereOnly { get; init; }
}

/// <summary>What the application leans on, seen from both sides.</summary>
public interface IDependencies
{
    /// <summary>
    /// Asks every dependency directly and from inside a pod. One that is down is a result, not an exception; a side that could not be asked is
    /// <see cref="DependencyState.NotChecked"/> with the reason. SettingMissing where no dependency is known, ResourceNotFound for a name that none has.
    /// </summary>
    IAsyncEnumerable<ServiceDependency> TestAsync(Scope scope, DependencyOptions options, CancellationToken cancellationToken);
}
