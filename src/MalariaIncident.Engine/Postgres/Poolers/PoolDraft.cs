namespace MalariaIncident.Engine.Postgres.Poolers;

/// <summary>What makes one kind of plan differ from another.</summary>
internal sealed record PoolDraft
{
    public required string Summary { get; init; }
    public required IReadOnlyList<PoolStep> Steps { get; init; }
    public required IReadOnlyList<PlannedChange> Changes { get; init; }
    public IReadOnlyList<string> Reasons { get; init; } = [];
    public IReadOnlyList<string> Warnings { get; init; } = [];
    public string? BlastRadius { get; init; }
    public string? Undo { get; init; }
    public string? Undoes { get; init; }
    public bool Temporary { get; init; }
}
