using MalariaIncident.Sandbox.Databases;
using MalariaIncident.Sandbox.Kubernetes.Requests;
using MalariaIncident.Sandbox.Kubernetes.Security;
using MalariaIncident.Sandbox.Kubernetes.Storage;
using MalariaIncident.Sandbox.Observed;
using MalariaIncident.Sandbox.Simulation;
using MalariaIncident.Sandbox.World;

namespace MalariaIncident.Sandbox.Faults;

/// <summary>What a fault can put its hands on.</summary>
internal sealed record FaultReach(
    ClusterStore Store, ClusterSimulation Simulation, ProductionHistory History, ApiFaults Api, AccessRules Access, ListQuery Lists, Kubernetes.ApiDispatcher Dispatcher, WorldDatabases Databases,
    ClimateStore ClimateStore, DependencyProbe PodNetwork);

/// <summary>One step of a fault, so long before the present when the sandbox starts with it.</summary>
internal sealed record FaultStep(TimeSpan Ago, Action<FaultReach> Do);

/// <summary>A fault by name.</summary>
/// <param name="Name">As the command line takes it.</param>
/// <param name="Description">What it looks like, in a sentence.</param>
/// <param name="Steps">How it comes.</param>
/// <param name="Clear">How it goes; a bad release stays until it is rolled back.</param>
internal sealed record Fault(string Name, string Description, IReadOnlyList<FaultStep> Steps, Action<FaultReach>? Clear = null)
{
    /// <summary>What must be awaited to bring it about, after the steps; false where this machine has no server for it.</summary>
    public Func<FaultReach, CancellationToken, Task<bool>>? Begin { get; init; }
    /// <summary>What must be awaited to end it.</summary>
    public Func<FaultReach, Task>? End { get; init; }
    /// <summary>True once it shows; null shows at once.</summary>
    public Func<FaultReach, bool>? Shows { get; init; }
}
