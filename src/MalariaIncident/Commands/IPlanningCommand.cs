using System.Management.Automation;

namespace MalariaIncident.Commands;

/// <summary>What every command that changes the world takes beside its own: planning without acting, and acting on a plan.</summary>
internal interface IPlanningCommand
{
    /// <summary>Write the plan as an object, and do nothing.</summary>
    SwitchParameter PlanOnly { get; }

    /// <summary>Write the plan into this file, and do nothing.</summary>
    string? PlanPath { get; }

    /// <summary>Carry out exactly this plan.</summary>
    PlanSource? Plan { get; }

    /// <summary>Why this cannot wait for the second person that the runbook asks for.</summary>
    string? BreakGlass { get; }
}
