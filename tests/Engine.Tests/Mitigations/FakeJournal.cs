using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using MalariaIncident;
using MalariaIncident.Engine.Incidents;

namespace Engine.Tests.Mitigations;

/// <summary>A journal in memory.</summary>
internal sealed class FakeJournal : IJournal
{
    private readonly Lock _gate = new();

    private readonly List<IncidentEvent> _events = [];

    /// <summary>What was written so far; a copy, because the writer may still be at it.</summary>
    public IReadOnlyList<IncidentEvent> Events
    {
        get
        {
            lock (_gate)
            {
                return [.. _events];
            }
        }
    }

    public string Actor { get; set; } = "tester";

    public Severity Severity { get; set; } = Severity.P0;

    public IncidentException? Unwritable { get; set; }

    public IEnumerable<EventKind> Kinds => Events.Select(entry => entry.Kind);

    public Task EnsureWritableAsync(string? incident, CancellationToken cancellationToken)
        => Unwritable is null ? Task.CompletedTask : Task.FromException(Unwritable);

    public async Task<IncidentEvent> AppendAsync(string? incident, EventKind kind, string text, JsonObject? data, CancellationToken cancellationToken)
    {
        await AppendAsync(incident, [new(kind, text, data)], cancellationToken);
        return Events[^1];
    }

    public Task AppendAsync(string? incident, IReadOnlyList<EventDraft> drafts, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (Unwritable is not null)
        {
            return Task.FromException(Unwritable);
        }

        lock (_gate)
        {
            foreach (var draft in drafts)
            {
                _events.Add(new IncidentEvent
                {
                    Incident = incident,
                    Sequence = _events.Count + 1,
                    Time = DateTimeOffset.UtcNow,
                    Actor = Actor,
                    Host = "here",
                    Kind = draft.Kind,
                    Text = draft.Text,
                    Data = draft.Data,
                    Hash = "",
                    PreviousHash = "",
                });
            }
        }

        return Task.CompletedTask;
    }

    public Task AppendEvidenceAsync(string? incident, string text, JsonObject? data, CancellationToken cancellationToken)
        => AppendAsync(incident, EventKind.Checked, text, data, cancellationToken);

    public Task<Incident> GetAsync(string id, CancellationToken cancellationToken) => Task.FromResult(new Incident
    {
        Id = id, Title = "t", Severity = Severity, Status = IncidentStatus.Investigating, StartedAt = default, DeclaredAt = default, DeclaredBy = "tester", LastSequence = Events.Count,
    });

    public async IAsyncEnumerable<IncidentEvent> ReadAsync(string? incident, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        foreach (var entry in Events)
        {
            if (entry.Incident == incident)
            {
                yield return entry;
            }
        }
    }

    public async IAsyncEnumerable<IncidentEvent> ReadAllAsync(IReadOnlyList<EventKind> kinds, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        foreach (var entry in Events)
        {
            if (kinds.Contains(entry.Kind))
            {
                yield return entry;
            }
        }
    }
}
