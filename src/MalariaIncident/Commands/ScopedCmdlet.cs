using System.Management.Automation;
using MalariaIncident.Completion;

namespace MalariaIncident.Commands;

/// <summary>A command that belongs to an incident and works in an environment.</summary>
public abstract class ScopedCmdlet : IncidentCmdlet
{
    /// <summary>Incident id or object; the session's incident when left away.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("IncidentId")]
    [IncidentId]
    [ArgumentCompleter(typeof(IncidentCompleter))]
    public string? Incident { get; set; }

    /// <summary>Name in the environment file; the incident's, then the configured default when left away.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(EnvironmentCompleter))]
    public string? Environment { get; set; }

    /// <summary>Deadline of one request in seconds.</summary>
    [Parameter]
    [ValidateRange(1, 3600)]
    public int? TimeoutSeconds { get; set; }

    /// <summary>What the user named, for the engine to complete.</summary>
    protected virtual Scope Scope => new()
    {
        Incident = Incident ?? SessionIncident.Id,
        Environment = Environment,
        Timeout = TimeoutSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
    };
}
