using System.Management.Automation;
using MalariaIncident.Commands;
using MalariaIncident.Completion;

namespace MalariaIncident.Investigate;

/// <summary>Asks what the application leans on, from here and from inside one of its pods.</summary>
[Cmdlet(VerbsDiagnostic.Test, "ServiceDependency")]
[OutputType(typeof(ServiceDependency), typeof(bool))]
public sealed class TestServiceDependencyCommand : WorkloadCmdlet
{
    // Null until something was asked: an empty pipeline has found nothing healthy.
    private bool? _healthy;

    /// <summary>Only these dependencies.</summary>
    [Parameter]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(DependencyCompleter))]
    public string[] Name { get; set; } = [];

    /// <summary>The database, in place of the environment's.</summary>
    [Parameter]
    public string? ConnectionString { get; set; }

    /// <summary>Run nothing in a pod.</summary>
    [Parameter]
    public SwitchParameter HereOnly { get; set; }

    /// <summary>Write only true or false, for if.</summary>
    [Parameter]
    public SwitchParameter Quiet { get; set; }

    /// <inheritdoc/>
    protected override Scope Scope => base.Scope with { ConnectionString = ConnectionString };

    /// <inheritdoc/>
    protected override void Process() => Stream(
        engine => engine.Dependencies.TestAsync(Scope, new() { Names = Name, HereOnly = HereOnly }, StopToken),
        dependency =>
        {
            _healthy = _healthy != false && dependency.Healthy == true;
            if (!Quiet)
            {
                WriteObject(dependency);
            }
        });

    /// <inheritdoc/>
    protected override void Finish()
    {
        if (Quiet)
        {
            WriteObject(_healthy == true);
        }
    }
}
