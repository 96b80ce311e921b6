namespace MalariaIncident.Engine.GitHub;

/// <summary>One run of a workflow, as far as a deployment is concerned.</summary>
internal sealed record WorkflowRun
{
    public required long Number { get; init; }
    public required string Commit { get; init; }
    public required string Result { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }
    public string? Branch { get; init; }
    public string? Title { get; init; }
    public string? Actor { get; init; }
    public string? Link { get; init; }
}
