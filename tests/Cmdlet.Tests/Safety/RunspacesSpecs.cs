using Cmdlet.Tests.Harness;
using MalariaIncident;

namespace Cmdlet.Tests.Safety;

/// <summary>Many runspaces of one process share the engine, and nothing else.</summary>
[Collection(TemporaryStore.Name)]
public sealed class RunspacesSpecs(HealthyProduction world) : IClassFixture<HealthyProduction>, IDisposable
{
    private const int Count = 32;
    private readonly TemporaryStore _store = new();

    public void Dispose() => _store.Dispose();

    [Fact]
    public async Task Fault_32_runspaces_do_not_cross()
    {
        var shells = Enumerable.Range(0, Count).Select(_ => world.OpenShell()).ToArray();
        try
        {
            using var together = new Barrier(Count);
            await Task.WhenAll(shells.Select((shell, number) => Task.Factory.StartNew(() => Work(shell, number, together), TaskCreationOptions.LongRunning)));
            Assert.Equal(Count, shells[0].Get<Incident>("Get-Incident").Count);
            Assert.All(shells[0].Get<JournalCheck>("Test-IncidentJournal"), check => Assert.True(check.Intact, check.Reason));
        }
        finally
        {
            Array.ForEach(shells, shell => shell.Dispose());
        }
    }

    private static void Work(Shell shell, int number, Barrier together)
    {
        together.SignalAndWait();
        var incident = shell.Get<Incident>($"New-Incident 'number {number}' -Severity P2")[0].Id;
        shell.Get<IncidentEvent>($"1..3 | ForEach-Object {{ Add-IncidentNote -Text 'by {number}' -PassThru }}");
        var health = shell.Get<ServiceHealth>("Test-ServiceHealth -Count 1");
        var plan = Assert.Single(shell.Get<MitigationPlan>($"Set-ServiceDegradation -DisableFeature NUMBER_{number} -Replicas 3 -PlanOnly -WarningAction Ignore"));

        Assert.All(health, result => Assert.Equal(incident, result.Incident));
        Assert.Equal((incident, $"FEATURE_NUMBER_{number} of container api"), (plan.Incident, Assert.Single(plan.Changes).Field));
        var notes = shell.Get<IncidentEvent>("Get-IncidentTimeline").Where(entry => entry.Kind == EventKind.Note).ToList();
        Assert.Equal(3, notes.Count);
        Assert.All(notes, note => Assert.Equal((incident, $"by {number}"), (note.Incident, note.Text)));
    }
}
