using Cmdlet.Tests.Harness;
using MalariaIncident;

namespace Cmdlet.Tests.Safety;

/// <summary>Two people see the same trouble and act on the same object at once: one wins, and the other is told what changed.</summary>
[Collection(TemporaryStore.Name)]
public sealed class TwoRespondersSpecs(HealthyProduction healthy, BadRelease bad) : IClassFixture<HealthyProduction>, IClassFixture<BadRelease>, IDisposable
{
    private const string PutBack = "Get-Mitigation -State InForce | Undo-Mitigation -NoWait -Force -Confirm:$false -WarningAction Ignore | Out-Null";
    private readonly TemporaryStore _store = new();
    private readonly List<Shell> _shells = [];

    public static TheoryData<string, string> Commands => new()
    {
        { "Set-ServiceDegradation -DisableFeature BACKGROUND_JOBS", "Set-ServiceDegradation -DisableFeature ML_PREDICTIONS" },
        { "Set-ServiceScale -Replicas 4", "Set-ServiceScale -Replicas 5" },
        { "Set-ServiceScale -Replicas 4", "Set-ServiceDegradation -DisableFeature BACKGROUND_JOBS -Replicas 2" },
        { "Switch-DeploymentSlot -To green -Force", "Switch-DeploymentSlot -To green -Force" },
        { "Restart-Deployment -Force", "Restart-Deployment -Force" },
        { "Set-ResourceLimit -Memory 3Gi", "Restart-Deployment -Force" },
    };

    public void Dispose()
    {
        _shells[0].Run(PutBack);
        _shells.ForEach(shell => shell.Dispose());
        _store.Dispose();
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task One_wins_and_the_other_is_told_what_changed(string one, string other) => await Prove(healthy, one, other);

    [Fact]
    public async Task Of_two_rollbacks_one_wins_and_the_other_is_told_what_changed()
        => await Prove(bad, "Invoke-EmergencyRollback", "Invoke-EmergencyRollback -Deployment malaria-predictor-api");

    private async Task Prove(SandboxWorlds world, string one, string other)
    {
        string[] commands = [one, other];
        foreach (var command in commands)
        {
            var shell = world.OpenShell();
            _shells.Add(shell);
            Assert.Null(shell.Run($"$plan = {command} -PlanOnly -WarningAction Ignore").Error);
        }

        using var together = new Barrier(commands.Length);
        var outcomes = await Task.WhenAll(commands.Select((command, index) => Task.Run(() =>
        {
            together.SignalAndWait();
            return _shells[index].Run($"{command.Split(' ')[0]} -Plan $plan -NoWait -Confirm:$false -WarningAction Ignore");
        })));

        var failed = Assert.Single(outcomes, outcome => outcome.Error is not null || outcome.Errors.Count > 0);
        var error = failed.Error ?? failed.Errors[0];
        Assert.StartsWith("ObjectChanged,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("→", error.ErrorDetails.Message, StringComparison.Ordinal);
        var record = _shells[0].Get<Mitigation>("Get-Mitigation");
        Assert.Equal(2, record.Count);
        Assert.Single(record, mitigation => mitigation.State == MitigationState.Failed);
        Assert.Single(record, mitigation => mitigation.State is MitigationState.InForce or MitigationState.Done);
    }
}
