using System.Management.Automation;
using MalariaIncident.Loading;

namespace MalariaIncident.Commands;

/// <summary>A plan that was made before: the object itself, or the file it was saved in.</summary>
public sealed class PlanSource
{
    private readonly MitigationPlan? _plan;
    private readonly string? _path;

    /// <summary>The plan itself.</summary>
    public PlanSource(MitigationPlan plan) => _plan = plan;

    /// <summary>A file that -PlanPath has written.</summary>
    public PlanSource(string path) => _path = path;

    /// <summary>The same, as Get-Item and Get-ChildItem give it.</summary>
    public PlanSource(FileInfo file) => _path = file.FullName;

    /// <inheritdoc/>
    public override string ToString() => _path ?? _plan?.Id ?? "";

    /// <summary>PathInvalid, PlanInvalid, PlanAltered.</summary>
    internal MitigationPlan Read(PSCmdlet cmdlet, CancellationToken stop)
        => _plan ?? EngineDoor.Await(engine => engine.Mitigations.LoadPlanAsync(FilePlace.Of(cmdlet, _path!, "No plan was read"), stop));
}
