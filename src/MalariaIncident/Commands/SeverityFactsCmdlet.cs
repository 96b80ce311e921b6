using System.Management.Automation;

namespace MalariaIncident.Commands;

/// <summary>A command that takes the facts which the runbook's criteria are held against.</summary>
public abstract class SeverityFactsCmdlet : IncidentCmdlet
{
    /// <summary>Percent.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public double? UsersAffected { get; set; }

    /// <summary>Percent.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public double? PerformanceDegradation { get; set; }

    /// <summary>The whole system is down.</summary>
    [Parameter]
    public SwitchParameter Outage { get; set; }

    /// <summary>Data was lost or corrupted.</summary>
    [Parameter]
    public SwitchParameter DataLoss { get; set; }

    /// <summary>Security was breached.</summary>
    [Parameter]
    public SwitchParameter SecurityBreach { get; set; }

    /// <summary>Payment or billing fails.</summary>
    [Parameter]
    public SwitchParameter PaymentFailure { get; set; }

    /// <summary>A major feature is unavailable.</summary>
    [Parameter]
    public SwitchParameter MajorFeatureUnavailable { get; set; }

    /// <summary>The data processing pipeline fails.</summary>
    [Parameter]
    public SwitchParameter PipelineFailure { get; set; }

    /// <summary>A minor feature is affected.</summary>
    [Parameter]
    public SwitchParameter MinorFeature { get; set; }

    /// <summary>A non-critical component fails.</summary>
    [Parameter]
    public SwitchParameter ComponentFailure { get; set; }

    /// <summary>The facts as given.</summary>
    protected SeverityFacts Facts => new()
    {
        UsersAffected = UsersAffected,
        PerformanceDegradation = PerformanceDegradation,
        Outage = Outage,
        DataLoss = DataLoss,
        SecurityBreach = SecurityBreach,
        PaymentFailure = PaymentFailure,
        MajorFeatureUnavailable = MajorFeatureUnavailable,
        PipelineFailure = PipelineFailure,
        MinorFeature = MinorFeature,
        ComponentFailure = ComponentFailure,
    };
}
