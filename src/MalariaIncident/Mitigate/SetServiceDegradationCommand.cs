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

    private readonly HashSet<Scope> _restored = [];

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
        foreach (var degradation in _restored.Add(Scope) ? InForce() : [])
        {
            Carry(Await(engine => engine.Mitigations.PlanUndoAsync(degradation.Id, Scope, Force, StopToken)));
        }
    }

    private List<Mitigation> InForce()
    {
        var environment = Environment
            ?? (Scope.Incident is { } incident ? Await(engine => engine.Incidents.GetAsync(incident, StopToken)).Environment : null)
            ?? Await(engine => engine.Environments.GetDefaultNameAsync(StopToken));
        var found = new List<Mitigation>();
        Stream(engine => engine.Mitigations.ListAsync(new() { States = [MitigationState.InForce] }, StopToken), mitigation =>
        {
            if (mitigation.Kind == MitigationKind.Degradation
                && Fits(Deployment, mitigation.Plan?.Scope.Deployment)
                && Fits(Namespace, mitigation.Plan?.Scope.Namespace)
                && Fits(environment, mitigation.Environment))
            {
                found.Add(mitigation);
            }
        });
        return found.Count > 0 ? found : throw new IncidentException(
            FailureKind.NothingToDo,
            $"No degradation is in force{(environment is null ? "" : $" in {environment}")}{(Deployment is null ? "" : $" on {Deployment}")}.",
            Subject,
            advice: "Get-Mitigation -State InForce shows every temporary change.");
    }

    private static bool Fits(string? wanted, string? found) => wanted is null || string.Equals(wanted, found, StringComparison.OrdinalIgnoreCase);
}
