using System.Text.Json.Nodes;
using MalariaIncident.Engine.Incidents;

namespace MalariaIncident.Engine.Mitigations;

/// <summary>Where one running mitigation writes down what happens.</summary>
internal interface IRecord
{
    Task WriteAsync(IReadOnlyList<EventDraft> drafts, CancellationToken cancellationToken);
}

/// <summary>The journal.</summary>
internal sealed class JournalRecord(IJournal journal, string? incident) : IRecord
{
    public Task WriteAsync(IReadOnlyList<EventDraft> drafts, CancellationToken cancellationToken)
        => journal.AppendAsync(incident, drafts, cancellationToken);
}

/// <summary>
/// The journal, for what comes after the intent: a change that was begun is not given up because its record fails, and what happened is not
/// lost. Where the journal refuses, the rest stands in a file; the journal shows an open intent, whose outcome is read from the world later.
/// </summary>
internal sealed class LastingRecord(IRecord journal, Func<IRecord> beside) : IRecord
{
    private IRecord? _beside;

    public async Task WriteAsync(IReadOnlyList<EventDraft> drafts, CancellationToken cancellationToken)
    {
        if (_beside is null)
        {
            try
            {
                await journal.WriteAsync(drafts, cancellationToken);
                return;
            }
            catch (IncidentException)
            {
                _beside = beside();
            }
        }

        await _beside.WriteAsync(drafts, cancellationToken);
    }
}

/// <summary>
/// Where the store cannot be written and the operator acts all the same: a file of JSON lines in the temporary folder, one of each mitigation, and the
/// error stream of the process.
/// </summary>
internal sealed class FileRecord(MitigationPlan plan, TimeProvider time) : IRecord
{
    public string Path { get; } = System.IO.Path.Combine(
        System.IO.Path.GetTempPath(), $"malaria-incident-{time.GetUtcNow():yyyyMMddTHHmmssfff}-{plan.Id}-{Environment.ProcessId}.jsonl");

    public async Task WriteAsync(IReadOnlyList<EventDraft> drafts, CancellationToken cancellationToken)
    {
        foreach (var draft in drafts)
        {
            var line = new JsonObject
            {
                ["time"] = time.GetUtcNow().ToString("O"),
                ["incident"] = plan.Incident,
                ["kind"] = draft.Kind.ToString(),
                ["text"] = draft.Text,
                ["data"] = draft.Data?.DeepClone(),
            }.ToJsonString();
            await Console.Error.WriteLineAsync($"not in the journal, but in {Path}: {line}".AsMemory(), cancellationToken);
            try
            {
                await File.AppendAllTextAsync(Path, line + "\n", cancellationToken);
            }
            catch (IOException)
            {
                // The error stream has it; a full disk must not stop an operator who chose to act without a journal.
            }
        }
    }
}
