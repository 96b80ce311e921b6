using MalariaIncident;
using MalariaIncident.Engine.Environments;
using MalariaIncident.Engine.Incidents;
using MalariaIncident.Engine.Mitigations;
using MalariaIncident.Engine.Runbooks;
using MalariaIncident.Engine.Stores;

namespace Engine.Tests.Incidents;

/// <summary>A journal of its own in a folder that goes away afterwards, with variables and a clock that the test sets.</summary>
internal sealed class JournalPlace : IDisposable
{
    private readonly SqliteEventStore _store;

    public JournalPlace()
    {
        Folder = Directory.CreateTempSubdirectory("malaria-incident-test-").FullName;
        StorePath = Path.Combine(Folder, "journal.db");
        _store = new SqliteEventStore(() => StorePath, () => Variable("MALARIA_INCIDENT_READONLY") == "1");
        (Journal, Incidents) = Enter(Clock, "ada");
        Scopes = new ScopeResolver(Environments, Journal, new SecretReferences(Variable, []));
    }

    public string Folder { get; }
    public string StorePath { get; set; }
    public Dictionary<string, string> Variables { get; } = new(StringComparer.Ordinal);
    public SettableClock Clock { get; } = new();
    public IEventStore Store => _store;
    public IJournal Journal { get; }
    public IIncidents Incidents { get; }
    public IScopeResolver Scopes { get; }
    public IRunbooks Runbooks => new RunbookDocument(Variable);
    public IEnvironments Environments
    {
        get
        {
            if (!Variables.ContainsKey(EnvironmentFile.FileVariable))
            {
                // Not the file of whoever runs the tests.
                Variables[EnvironmentFile.FileVariable] = WriteFile("environments.yaml", string.Empty);
            }

            return new EnvironmentFile(Variable);
        }
    }

    /// <summary>Another person on another machine, with a clock of its own, at the same journal.</summary>
    public (IJournal Journal, IIncidents Incidents) Enter(TimeProvider clock, string actor)
    {
        var writer = new ChainWriter(clock, () => new Operator(actor, actor + "-laptop"));
        var journal = new Journal(_store, writer);
        return (journal, new IncidentDesk(_store, writer, journal, Runbooks, Environments, new OpenMitigations(new MitigationLedger(journal))));
    }

    public Task<Incident> DeclareAsync(string title = "Prediction API returns 500") =>
        Incidents.DeclareAsync(new IncidentDeclaration { Title = title }, CancellationToken.None);

    public string WriteFile(string name, string text)
    {
        var path = Path.Combine(Folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    public string? Variable(string name) => Variables.GetValueOrDefault(name);

    public void Dispose()
    {
        _store.Dispose();
        Directory.Delete(Folder, recursive: true);
    }
}
