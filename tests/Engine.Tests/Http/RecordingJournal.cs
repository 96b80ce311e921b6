using System.Text.Json.Nodes;
using MalariaIncident;
using MalariaIncident.Engine.Incidents;

namespace Engine.Tests.Http;

/// <summary>Keeps what was appended; the journal itself is tested in its own room.</summary>
internal sealed class RecordingJournal : IJournal
{
    public List<(string? Incident, EventKind Kind, string Text, JsonObject? Data)> Appended { get; } = [];

    public IncidentException? Refusal { get; set; }

    public Task EnsureWritableAsync(string? incident, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<IncidentEvent> AppendAsync(string? incident, EventKind kind, string text, JsonObject? data, CancellationToken cancellationToken)
    {
        if (Refusal is not null)
        {
            throw Refusal;
        }

        Appended.Add((incident, kind, text, data));
        return Task.FromResult(new IncidentEvent
        {
            Incident = incident,
            Sequence = Appended.Count,
            Time = DateTimeOffset.UtcNow,
            Actor = "tester",
            Host = "here",
            Kind = kind,
            Text = text,
            Data = data,
            Hash = "",
            PreviousHash = "",
        });
    }

    public async Task AppendAsync(string? incident, IReadOnlyList<EventDraft> drafts, CancellationToken cancellationToken)
    {
        foreach (var draft in drafts)
        {
            await AppendAsync(incident, draft.Kind, draft.Text, draft.Data, cancellationToken);
        }
    }

    public Task AppendEvidenceAsync(string? incident, string text, JsonObject? data, CancellationToken cancellationToken)
    {
        Appended.Add((incident, EventKind.Checked, text, data));
        return Task.CompletedTask;
    }

    public Task<Incident> GetAsync(string id, CancellationToken cancellationToken) => throw new NotSupportedException();

    public IAsyncEnumerable<IncidentEvent> ReadAsync(string? incident, CancellationToken cancellationToken) => throw new NotSupportedException();

    public IAsyncEnumerable<IncidentEvent> ReadAllAsync(IReadOnlyList<EventKind> kinds, CancellationToken cancellationToken) => throw new NotSupportedException();
}
