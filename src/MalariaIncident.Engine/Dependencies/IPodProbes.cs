using MalariaIncident.Engine.Environments;

namespace MalariaIncident.Engine.Dependencies;

/// <summary>The way into a pod of the application; implemented by the adapter that can run something there.</summary>
internal interface IPodProbes
{
    /// <summary>Chooses a pod. Fails where none has a running container, and under MALARIA_INCIDENT_READONLY: asking runs a program there.</summary>
    Task<IPodProbe> OpenAsync(ResolvedScope scope, CancellationToken cancellationToken);
}

/// <summary>Asks from inside one pod.</summary>
internal interface IPodProbe
{
    /// <summary><c>pod/container</c>.</summary>
    string From { get; }

    /// <summary>What the pod sees. Exceptions are failures of the asking, not of what was asked about.</summary>
    Task<DependencyView> AskAsync(PodQuestion question, CancellationToken cancellationToken);
}

/// <summary>What to ask. Credentials are the pod's own, and never leave it.</summary>
/// <param name="Kind">How to talk to it.</param>
/// <param name="Variable">The pod's variable with its address and credentials.</param>
/// <param name="Address">A URL without credentials, for a pod without that variable.</param>
internal sealed record PodQuestion(DependencyKind Kind, string? Variable, string? Address);
