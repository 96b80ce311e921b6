using System.Runtime.CompilerServices;
using MalariaIncident.Engine.Text;

namespace MalariaIncident.Engine.Incidents;

/// <summary>Where incidents are declared, changed, closed and looked up: each a decision taken while the journal stands still.</summary>
internal sealed class IncidentDesk(IEventStore store, ChainWriter writer, IJournal journal, IRunbooks runbooks, IEnvironments environments, IOpenMitigations mitigations)
    : IIncidents
{
    public async Task<Incident> DeclareAsync(IncidentDeclaration declaration, CancellationToken cancellationToken)
    {
        var draft = await DraftAsync(declaration, cancellationToken);
        return await store.WriteAsync(
            async transaction =>
            {
                var id = IncidentId.Create(writer.Now.Year, await transaction.NextNumberAsync(writer.Now.Year));
                return IncidentFold.Of(await writer.AppendAsync(transaction, id, [draft]));
            },
            Journal.Patience,
            cancellationToken);
    }

    public async Task<Incident> PreviewAsync(IncidentDeclaration declaration, CancellationToken cancellationToken) =>
        IncidentFold.Of([writer.Preview($"INC-{writer.Now.Year:D4}-????", await DraftAsync(declaration, cancellationToken))]);

    public Task<Incident> GetAsync(string id, CancellationToken cancellationToken) => journal.GetAsync(id, cancellationToken);

    public async IAsyncEnumerable<Incident> ListAsync(IncidentFilter filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // One read for all of them: a journal of years lists in a moment.
        var chains = (await store.ReadAllAsync([], cancellationToken))
            .GroupBy(entry => entry.Chain, StringComparer.Ordinal)
            .Where(chain => chain.Key != StoredEvent.OutsideChain && Matches(filter.Ids, chain.Key))
            .OrderByDescending(chain => IncidentId.Order(chain.Key));
        foreach (var chain in chains)
        {
            var incident = IncidentFold.Of(chain.Select(entry => entry.ToEvent()));
            if ((!filter.OpenOnly || incident.Status != IncidentStatus.Closed) && (filter.Severities.Count == 0 || filter.Severities.Contains(incident.Severity)))
            {
                yield return incident;
            }
        }
    }

    public async Task<Incident> ChangeAsync(string id, IncidentChange change, CancellationToken cancellationToken)
    {
        var clean = Clean(change);
        var policy = clean.Severity is { } severity ? (await runbooks.GetPoliciesAsync(cancellationToken)).First(candidate => candidate.Severity == severity) : null;
        return await WriteAsync(
            id,
            async (transaction, events) =>
            {
                var incident = IncidentFold.Of(events);
                var reopens = incident.Status == IncidentStatus.Closed && clean.Status is not null;
                if (!reopens)
                {
                    await ChainWriter.EnsureAllowedAsync(transaction, incident.Id, [EventKind.Changed]);
                }

                return IncidentDrafts.Changed(incident, clean, policy, reopens);
            },
            cancellationToken);
    }

    public async Task<Incident> CloseAsync(string id, IncidentClosure closure, CancellationToken cancellationToken)
    {
        var clean = closure with
        {
            RootCause = closure.RootCause is null ? null : JournalText.Paragraph(closure.RootCause, "root cause"),
            Reason = closure.Reason is null ? null : JournalText.Paragraph(closure.Reason, "reason"),
        };
        while (true)
        {
            // The ledger reads the journal itself, so it is asked before the lock is taken, and again where the journal moved on meanwhile.
            var seen = await journal.GetAsync(id, cancellationToken);
            var open = await mitigations.ListAsync(seen.Id, cancellationToken);
            try
            {
                return await WriteAsync(
                    id,
                    async (transaction, events) =>
                    {
                        await ChainWriter.EnsureAllowedAsync(transaction, seen.Id, [EventKind.Closed]);
                        if (events[^1].Sequence != seen.LastSequence)
                        {
                            throw new JournalMovedException();
                        }

                        var verification = Verification.Of(events);
                        ClosingRules.Ensure(seen.Id, clean, verification, open);
                        return IncidentDrafts.Closed(seen, clean, verification, open);
                    },
                    cancellationToken);
            }
            catch (JournalMovedException)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }
        }
    }

    public async Task<IncidentEvent> NoteAsync(string id, string text, CancellationToken cancellationToken) =>
        await journal.AppendAsync(IncidentId.Normalize(id), EventKind.Note, JournalText.Paragraph(text, "note"), null, cancellationToken);

    public IAsyncEnumerable<IncidentEvent> TimelineAsync(string? id, CancellationToken cancellationToken) => journal.ReadAsync(id, cancellationToken);

    public async IAsyncEnumerable<JournalCheck> VerifyAsync(string? id, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var chain = id is null ? null : IncidentId.Normalize(id);
        var damage = await store.FindDamageAsync(cancellationToken);
        if (damage is not null)
        {
            yield return new JournalCheck { Incident = chain, Intact = false, Events = 0, Reason = damage };
        }

        foreach (var name in chain is null ? await ChainsAsync(damage is not null, cancellationToken) : [chain])
        {
            yield return await CheckAsync(name, cancellationToken);
        }
    }

    /// <summary>Where the file is too damaged to list its chains, that was said already.</summary>
    private async Task<IReadOnlyList<string>> ChainsAsync(bool damaged, CancellationToken cancellationToken)
    {
        try
        {
            return [.. (await store.ChainsAsync(cancellationToken)).OrderBy(IncidentId.Order)];
        }
        catch (IncidentException failure) when (damaged && failure.Kind == FailureKind.StoreCorrupt)
        {
            return [];
        }
    }

    private async Task<JournalCheck> CheckAsync(string chain, CancellationToken cancellationToken)
    {
        try
        {
            var stored = await store.ReadAsync(chain, cancellationToken);
            return stored is { Events.Count: 0, Head: null } ? throw ChainWriter.NotFound(chain) : EventChain.Check(chain, stored);
        }
        catch (IncidentException failure) when (failure.Kind == FailureKind.StoreCorrupt)
        {
            return new JournalCheck { Incident = chain.Length == 0 ? null : chain, Intact = false, Events = 0, Reason = failure.Message };
        }
    }

    private Task<Incident> WriteAsync(
        string id, Func<IEventTransaction, IReadOnlyList<IncidentEvent>, Task<IReadOnlyList<EventDraft>>> decide, CancellationToken cancellationToken)
    {
        var chain = IncidentId.Normalize(id);
        if (!store.Exists)
        {
            throw ChainWriter.NotFound(chain);
        }

        return store.WriteAsync(
            async transaction =>
            {
                var events = (await transaction.ReadAsync(chain)).Select(entry => entry.ToEvent()).ToList();
                if (events.Count == 0)
                {
                    throw ChainWriter.NotFound(chain);
                }

                events.AddRange(await writer.AppendAsync(transaction, chain, await decide(transaction, events)));
                return IncidentFold.Of(events);
            },
            Journal.Patience,
            cancellationToken);
    }

    private async Task<EventDraft> DraftAsync(IncidentDeclaration declaration, CancellationToken cancellationToken)
    {
        EnsureNotInFuture(declaration.StartedAt);
        var clean = declaration with { Title = JournalText.Title(declaration.Title), ServicesAffected = Services(declaration.ServicesAffected) };
        var environment = await EnvironmentAsync(declaration.Environment, cancellationToken);
        return IncidentDrafts.Declared(clean with { Environment = environment }, await DeclaredSeverity.DecideAsync(runbooks, declaration, cancellationToken));
    }

    private IncidentChange Clean(IncidentChange change)
    {
        if (change == new IncidentChange())
        {
            throw new IncidentException(FailureKind.ArgumentInvalid, "The change names nothing to change.", change, advice: "Name at least one of title, severity, status, cause, impact or start.");
        }

        if (change.Status == IncidentStatus.Closed)
        {
            throw new IncidentException(FailureKind.ArgumentInvalid, "An incident is not closed by setting its status: closing has its own checks.", change.Status, advice: "Use Close-Incident.");
        }

        EnsureNotInFuture(change.StartedAt);
        DeclaredSeverity.EnsurePercent(change.UsersAffected, "share of users affected");
        return change with
        {
            Title = change.Title is null ? null : JournalText.Title(change.Title),
            RootCause = change.RootCause is null ? null : JournalText.Paragraph(change.RootCause, "root cause"),
            ServicesAffected = change.ServicesAffected is null ? null : Services(change.ServicesAffected),
        };
    }

    private async Task<string?> EnvironmentAsync(string? named, CancellationToken cancellationToken)
    {
        var name = named is null ? await environments.GetDefaultNameAsync(cancellationToken) : JournalText.Line(named, "environment");
        var known = await environments.ListAsync(cancellationToken);
        var match = known.FirstOrDefault(environment => string.Equals(environment.Name, name, StringComparison.OrdinalIgnoreCase));

        // Without an environment file the name is a label only; with one, a name that it does not hold is a slip of the pen.
        return name is null || known.Count == 0 || match is not null
            ? match?.Name ?? name
            : throw new IncidentException(
                FailureKind.EnvironmentNotFound, $"The environment file knows no '{name}'; it knows {string.Join(", ", known.Select(environment => environment.Name))}.", name);
    }

    private void EnsureNotInFuture(DateTimeOffset? startedAt)
    {
        // Clocks of two machines may differ a little; five minutes is more than a little.
        if (startedAt > writer.Now.AddMinutes(5))
        {
            throw new IncidentException(FailureKind.ArgumentInvalid, $"The incident cannot have started at {startedAt:u}: that is in the future.", startedAt);
        }
    }

    private static IReadOnlyList<string> Services(IReadOnlyList<string> services) =>
        [.. services.Select(service => JournalText.Line(service, "service")).Distinct(StringComparer.Ordinal)];

    private static bool Matches(IReadOnlyList<string> patterns, string id) =>
        patterns.Count == 0 || patterns.Any(pattern => Wildcard.Matches(pattern.Trim(), id));

    private sealed class JournalMovedException : Exception;
}
