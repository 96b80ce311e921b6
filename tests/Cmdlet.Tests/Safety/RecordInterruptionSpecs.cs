using Cmdlet.Tests.Harness;
using MalariaIncident;

namespace Cmdlet.Tests.Safety;

/// <summary>Ctrl+C at 20 points of every command that changes the record only: the prompt is back, and what it wrote is whole or not there.</summary>
[Collection(TemporaryStore.Name)]
public sealed class RecordInterruptionSpecs(HealthyProduction world) : IClassFixture<HealthyProduction>, IDisposable
{
    private const int Points = 20;

    /// <summary>Commands that are stopped elsewhere: those of the cluster in <see cref="InterruptionSpecs"/>, those of the database where its servers are, in Engine.Tests.</summary>
    private static readonly string[] InDatabaseTests = ["Stop-LongQuery"];

    private readonly TemporaryStore _store = new();
    private readonly Shell _shell = world.OpenShell();

    /// <summary>The command, and how many entries a whole run of it writes at most.</summary>
    public static TheoryData<string, int> Commands => new()
    {
        { "New-Incident another -Severity P3", 1 },
        { "Set-Incident -RootCause 'a test'", 1 },
        { "Add-IncidentNote 'a note'", 1 },
        { "Close-Incident -Force -Reason 'a test' -Confirm:$false", 2 },
        { "Export-IncidentReport -Path '{folder}' -Force", 1 },
        { "Approve-Mitigation $plan -Confirm:$false", 1 },
        { "Resolve-Mitigation", 0 },
        { "Set-IncidentSafety ReadOnly; Set-IncidentSafety ReadWrite", 2 },
    };

    public void Dispose()
    {
        Environment.SetEnvironmentVariable("MALARIA_INCIDENT_READONLY", null);
        _shell.Dispose();
        _store.Dispose();
    }

    [Fact]
    public void Every_changing_command_is_stopped_somewhere()
    {
        var stopped = Commands.Select(row => (string)row[0])
            .Concat(InterruptionSpecs.Commands.Select(row => (string)row[0]))
            .Concat(InterruptionSpecs.PoolCommands.Select(row => (string)row[0]))
            .Append(InterruptionSpecs.Rollback)
            .Concat(InDatabaseTests)
            .SelectMany(script => ChangingCommands.Calls.Keys.Where(name => script.Contains(name, StringComparison.Ordinal)));
        Assert.Equal(ChangingCommands.Names().Order(StringComparer.Ordinal), stopped.Distinct().Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public void Fault_Ctrl_C_at_20_points_leaves_what_is_written_whole(string command, int entries)
    {
        var reports = Directory.CreateDirectory(Path.Combine(_store.Folder, "reports")).FullName;
        var script = command.Replace("{folder}", reports, StringComparison.Ordinal);
        Prepare();
        Assert.Null(_shell.Run("$env:MALARIA_INCIDENT_ACTOR = 'somebody else'; $plan = Set-ServiceScale -Replicas 4 -PlanOnly -WarningAction Ignore; $env:MALARIA_INCIDENT_ACTOR = $null").Error);
        var whole = Interruption.DurationOf(_shell, script);
        foreach (var point in Enumerable.Range(0, Points).Select(point => whole * point / Points))
        {
            var back = TimeSpan.MaxValue;
            // What is written is whole every time; only for the time a busy machine is given another try.
            for (var tries = 0; tries < Interruption.Tries && back >= Interruption.Promise; tries++)
            {
                Prepare();
                var before = Events();
                back = Interruption.Stop(_shell.Runspace, script, point);
                Environment.SetEnvironmentVariable("MALARIA_INCIDENT_READONLY", null);
                Assert.InRange(Events() - before, 0, entries);
                Assert.Empty(Directory.GetFiles(reports, ".*"));
                Assert.All(Directory.GetFiles(reports, "*.html"), report => Assert.EndsWith("</html>", File.ReadAllText(report).TrimEnd(), StringComparison.Ordinal));
            }

            Assert.True(back < Interruption.Promise, $"stopped after {point.TotalMilliseconds:0} ms, the prompt took {back.TotalMilliseconds:0} ms to come back, and was late before");
        }
    }

    /// <summary>An open incident.</summary>
    private void Prepare() => Assert.Null(_shell.Run("New-Incident one -Severity P3 | Out-Null").Error);

    private long Events()
    {
        var checks = _shell.Get<JournalCheck>("Test-IncidentJournal");
        Assert.All(checks, check => Assert.True(check.Intact, check.Reason));
        return checks.Sum(check => check.Events);
    }
}
