namespace Cmdlet.Tests.Harness;

/// <summary>
/// A store and an environment file of its own for one test class. The engine reads the variables of the process, so tests that use
/// it belong to the collection <see cref="Name"/> and run one after the other.
/// </summary>
public sealed class TemporaryStore : IDisposable
{
    public const string Name = "store";

    private static readonly string[] Variables =
        ["MALARIA_INCIDENT_STORE", "MALARIA_INCIDENT_ENVIRONMENTS", "MALARIA_INCIDENT", "MALARIA_INCIDENT_READONLY", "MALARIA_INCIDENT_RUNBOOK", "MALARIA_INCIDENT_ENVIRONMENT"];

    public TemporaryStore()
    {
        Folder = Directory.CreateTempSubdirectory("malaria-incident-").FullName;
        foreach (var variable in Variables)
        {
            Environment.SetEnvironmentVariable(variable, null);
        }

        Environment.SetEnvironmentVariable("MALARIA_INCIDENT_STORE", Store);
    }

    public string Folder { get; }

    public string Store => Path.Combine(Folder, "journal.db");

    public void Dispose()
    {
        Environment.SetEnvironmentVariable("MALARIA_INCIDENT_STORE", null);
        Environment.SetEnvironmentVariable("MALARIA_INCIDENT_ENVIRONMENTS", null);
        Directory.Delete(Folder, recursive: true);
    }
}

/// <summary>Tests that share the process's variables.</summary>
[CollectionDefinition(TemporaryStore.Name, DisableParallelization = true)]
public sealed class StoreCollection : ICollectionFixture<ObservedRelease>;
