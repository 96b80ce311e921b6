using MalariaIncident.Engine.Environments;

namespace MalariaIncident.Engine.Dependencies;

/// <summary>Something the application leans on; implemented by the adapter that can ask it.</summary>
internal interface IDependency
{
    string Name { get; }
    DependencyKind Kind { get; }
    /// <summary>The variable in the application's pods that holds its own address; null where there is no custom.</summary>
    string? PodVariable { get; }

    /// <summary>Its address as this machine knows it; nothing is sent to it. SettingMissing, SecretUnavailable, ConnectionStringInvalid.</summary>
    Task<DependencyTarget> FindAsync(ResolvedScope scope, CancellationToken cancellationToken);
}

/// <summary>Where dependencies come from: an adapter may know several.</summary>
internal interface IDependencySource
{
    IEnumerable<IDependency> Of(ResolvedScope scope);
}

/// <summary>An address that can be asked from here.</summary>
/// <param name="Address">For people, without credentials.</param>
/// <param name="ForPod">The same as a URL that may be shown to anyone: it stands in the cluster's audit log. Null where it means nothing there.</param>
/// <param name="AskAsync">Asks it. Failures are exceptions.</param>
internal sealed record DependencyTarget(string Address, string? ForPod, Func<CancellationToken, Task<DependencyAnswer>> AskAsync);

/// <summary>What it answered.</summary>
internal sealed record DependencyAnswer(DependencyState State, string Detail);
