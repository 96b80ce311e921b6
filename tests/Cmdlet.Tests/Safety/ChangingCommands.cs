using System.Management.Automation;
using System.Reflection;
using Cmdlet.Tests.Harness;

namespace Cmdlet.Tests.Safety;

/// <summary>
/// A way to call every command that changes something, so that the proofs of <see cref="ZeroWritesSpecs"/> cover them all. {incident} and {mitigation}
/// are ids of the test's own, {plan} a file with a plan that somebody else made, {folder} an empty folder.
/// </summary>
internal static class ChangingCommands
{
    public static readonly IReadOnlyDictionary<string, string> Calls = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["Add-IncidentNote"] = "Add-IncidentNote -Incident {incident} -Text 'a note'",
        ["Approve-Mitigation"] = "Approve-Mitigation '{plan}'",
        ["Close-Incident"] = "Close-Incident -Incident {incident} -Force -Reason 'a test'",
        ["Export-IncidentReport"] = "Export-IncidentReport -Incident {incident} -Path '{folder}'",
        ["Invoke-EmergencyRollback"] = "Invoke-EmergencyRollback -TimeoutSeconds 30",
        ["New-Incident"] = "New-Incident -Title 'another' -Severity P3",
        ["Reset-ConnectionPool"] = "Reset-ConnectionPool -ReloadConfiguration",
        ["Resolve-Mitigation"] = "Resolve-Mitigation",
        ["Restart-Deployment"] = "Restart-Deployment -Pooler",
        ["Resume-ConnectionPool"] = "Resume-ConnectionPool reporting",
        ["Set-Incident"] = "Set-Incident -Incident {incident} -RootCause 'a test'",
        ["Set-IncidentSafety"] = "Set-IncidentSafety -Mode ReadWrite",
        ["Set-ResourceLimit"] = "Set-ResourceLimit -Memory 3Gi",
        ["Set-ServiceDegradation"] = "Set-ServiceDegradation -DisableFeature BACKGROUND_JOBS -Replicas 1",
        ["Set-ServiceScale"] = "Set-ServiceScale -Replicas 5",
        ["Stop-LongQuery"] = "Stop-LongQuery -MinimumDuration ([timespan]::FromMilliseconds(1)) -RootBlockersOnly",
        ["Suspend-ConnectionPool"] = "Suspend-ConnectionPool malaria_prediction",
        ["Switch-DeploymentSlot"] = "Switch-DeploymentSlot -To green",
        ["Undo-Mitigation"] = "Undo-Mitigation {mitigation}",
    };

    /// <summary>Names of the commands that support ShouldProcess, from the assembly itself.</summary>
    public static IReadOnlyList<string> Names() => NamesOf(type => type.GetCustomAttribute<CmdletAttribute>()!.SupportsShouldProcess);

    /// <summary>Of them, those that make a plan first.</summary>
    public static IReadOnlyList<string> Planning() => NamesOf(type => type.GetProperty("PlanOnly") is not null);

    private static IReadOnlyList<string> NamesOf(Predicate<Type> fits)
    {
        using var shell = new Shell();
        return [.. shell.Get<CmdletInfo>("Get-Command -Module MalariaIncident").Where(command => fits(command.ImplementingType)).Select(command => command.Name)];
    }
}
