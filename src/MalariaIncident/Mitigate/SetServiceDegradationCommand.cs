using System.Management.Automation;
using MalariaIncident.Commands;
using MalariaIncident.Completion;

namespace MalariaIncident.Mitigate;

/// <summary>Switches features off and reduces replicas, or puts both back exactly.</summary>
[Cmdlet(VerbsCommon.Set, "ServiceDegradation", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High, DefaultParameterSetName = Degrade)]
[OutputType(typeof(DeploymentChangeResult), typeof(MitigationPlan))]
public sealed class SetServiceDegradationCommand : DeploymentChangeCmdlet
{
    private const string Degrade = "Degrade";
    private const string PutBack = "Restore";

    private readonly List<Scope> _places = [];

    /// <summary>Feature names without FEATURE_; the environment's when left away.</summary>
    [Parameter(ParameterSetName = Degrade)]
    [AllowEmptyCollection]
    [ArgumentCompleter(typeof(FeatureCompleter))]
    public string[]? DisableFeature { get; set; }

    /// <summary>Replicas afterwards; the environment's reduced count when left away.</summary>
    [Parameter(ParameterSetName = Degrade)]
    public int? Replicas { get; set; }

    /// <summary>Put back what the degradations in force have replaced, the last one first.</summary>
    [Parameter(ParameterSetName = PutBack, Mandatory = true)]
    public SwitchParameter Restore { get; set; }

    /// <inheritdoc/>
    protected override void Process()
    {
        if (!Restore)
        {
            Carry(new DegradationRequest { Scope = Scope, DisableFeatures = DisableFeature, Replicas = Replicas, Force = Force, Deadline = Deadline });
            return;
        }

        CheckWaiting();
        _places.Add(Scope);
    }

    /// <inheritdoc/>
    protected override void Finish()
    {
        if (_places.Count == 0)
        {
            base.Finish();
            return;
        }

        foreach (var (degradation, scope) in InForce())
        {
            Carry(Await(engine => engine.Mitigations.PlanUndoAsync(degradation.Id, scope, Force, StopToken)));
        }
    }

    /// <summary>Each once, however many results of the pipeline led to it.</summary>
    private List<(Mitigation Degradation, Scope Scope)> InForce()
    {
        var found = new List<(Mitigation Degradation, Scope Scope)>();
        foreach (var place in _places.Distinct())
        {
            var environment = EnvironmentOf(place);
            Stream(engine => engine.Mitigations.ListAsync(new() { States = [MitigationState.InForce] }, StopToken), mitigation =>
            {
                if (mitigation.Kind == MitigationKind.Degradation
                    && Fits(place.Deployment, mitigation.Plan?.Scope.Deployment)
                    && Fits(place.Namespace, mitigation.Plan?.Scope.Namespace)
                    && Fits(environment, mitigation.Environment))
                {
                    found.Add((mitigation, place));
                }
            });
        }

        return found.Count > 0 ? [.. found.DistinctBy(one => one.Degradation.Id)] : throw NothingIn(_places[0]);
    }

    private string? EnvironmentOf(Scope place) => place.Environment
        ?? (place.Incident is { } incident ? Await(engine => engine.Incidents.GetAsync(incident, StopToken)).Environment : null)
        ?? Await(engine => engine.Environments.GetDefaultNameAsync(StopToken));

    private IncidentException NothingIn(Scope place) => new(
        FailureKind.NothingToDo,
        $"No degradation is in force{(EnvironmentOf(place) is { } environment ? $" in {environment}" : "")}{(place.Deployment is null ? "" : $" on {place.Deployment}")}.",
        place.Deployment,
        advice: "Get-Mitigation -State InForce shows every temporary change.");

    private static bool Fits(string? wanted, string? found) => wanted is null || string.Equals(wanted, found, StringComparison.OrdinalIgnoreCase);
}
