using Cmdlet.Tests.Harness;
using MalariaIncident;

namespace Cmdlet.Tests.Safety;

/// <summary>
/// Ctrl+C at 20 points of every command that changes the cluster or its pooler: the prompt is back within two seconds, the record says done, not done or unknown, what it
/// says fits the world, and running the command again resolves what was unknown.
/// </summary>
[Collection(TemporaryStore.Name)]
public sealed class InterruptionSpecs(HealthyProduction healthy, BadRelease bad) : IClassFixture<HealthyProduction>, IClassFixture<BadRelease>, IDisposable
{
    private const int PointsUntilSent = 14;
    private const int PointsWhileFollowing = 6;

    private readonly TemporaryStore _store = new();
    private Shell _shell = null!;

    /// <summary>
    /// The command, how to see in the cluster that it was made, and how to prepare the next round. It is seen in the object itself: its controllers take their time, and the history of
    /// revisions is theirs.
    /// </summary>
    public static TheoryData<string, string, string> Commands => new()
    {
        {
            "Set-ServiceDegradation -DisableFeature BACKGROUND_JOBS -Confirm:$false",
            "try { $null = Set-ServiceDegradation -DisableFeature BACKGROUND_JOBS -PlanOnly -WarningAction Ignore; $false } catch { if ($_.FullyQualifiedErrorId -notlike 'NothingToDo*') { throw }; $true }",
            PutBack
        },
        {
            "Set-ServiceScale -Replicas 4 -Confirm:$false",
            "try { $null = Set-ServiceScale -Replicas 4 -PlanOnly -WarningAction Ignore; $false } catch { if ($_.FullyQualifiedErrorId -notlike 'NothingToDo*') { throw }; $true }",
            PutBack
        },
        {
            "Switch-DeploymentSlot -To green -Force -Confirm:$false",
            "try { $null = Switch-DeploymentSlot -To green -Force -PlanOnly -WarningAction Ignore; $false } catch { if ($_.FullyQualifiedErrorId -notlike 'NothingToDo*') { throw }; $true }",
            PutBack
        },
        { "Set-ResourceLimit -Memory 3Gi -Confirm:$false", "(Set-ResourceLimit -Memory 4Gi -PlanOnly -WarningAction Ignore).Changes.Before -contains '3Gi'", PutBack },
        {
            "Undo-Mitigation $id -Confirm:$false",
            "(Set-ServiceDegradation -DisableFeature BACKGROUND_JOBS, ML_PREDICTIONS -PlanOnly -WarningAction Ignore).Changes.Field -contains 'FEATURE_BACKGROUND_JOBS of container api'",
            $"{PutBack}; $global:id = (Set-ServiceDegradation -DisableFeature BACKGROUND_JOBS -NoWait -Confirm:$false).MitigationId"
        },
        {
            "Restart-Deployment -Pooler -Force -Confirm:$false",
            "(Restart-Deployment -Pooler -Force -PlanOnly -WarningAction Ignore).Changes[0].Before -ne $before",
            "$global:before = (Restart-Deployment -Pooler -Force -PlanOnly -WarningAction Ignore).Changes[0].Before"
        },
    };

    public const string Rollback = "@(Get-RolloutHistory | Where-Object { $_.Images -match '1\\.4\\.2' })[0] | Invoke-EmergencyRollback -Confirm:$false";
    private const string PutBack = "Get-Mitigation -State InForce | Undo-Mitigation -NoWait -Force -Confirm:$false -WarningAction Ignore | Out-Null";

    /// <summary>The same over the console of a PgBouncer. Whether pools were renewed does not show there.</summary>
    public static TheoryData<string, string?, string> PoolCommands => new()
    {
        {
            "Suspend-ConnectionPool reporting -Confirm:$false",
            "try { $null = Suspend-ConnectionPool reporting -PlanOnly -WarningAction Ignore; $false } catch { if ($_.FullyQualifiedErrorId -notlike 'NothingToDo*') { throw }; $true }",
            Resume
        },
        {
            "Resume-ConnectionPool reporting -Confirm:$false",
            "try { $null = Resume-ConnectionPool reporting -PlanOnly -WarningAction Ignore; $false } catch { if ($_.FullyQualifiedErrorId -notlike 'NothingToDo*') { throw }; $true }",
            $"{Resume}; $null = Suspend-ConnectionPool reporting -Confirm:$false -WarningAction Ignore"
        },
        { "Reset-ConnectionPool -ReloadConfiguration -Confirm:$false", null, "" },
    };

    private const string Resume = "try { $null = Resume-ConnectionPool reporting -Confirm:$false -WarningAction Ignore } catch { if ($_.FullyQualifiedErrorId -notlike 'NothingToDo*') { throw } }";

    public void Dispose()
    {
        _shell.Run(PutBack);
        _shell.Dispose();
        _store.Dispose();
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public void Fault_Ctrl_C_at_20_points_brings_the_prompt_back_and_leaves_an_honest_record(string command, string isMade, string prepare)
        => Prove(healthy, command, " -NoWait", isMade, prepare);

    [SkippableTheory]
    [MemberData(nameof(PoolCommands))]
    public void Fault_Ctrl_C_at_20_points_of_a_change_of_pools_leaves_an_honest_record(string command, string? isMade, string prepare)
    {
        Servers.Require(healthy.HasPooler, "PgBouncer");
        Prove(healthy, command, "", isMade, prepare);
    }

    [Fact]
    public void Fault_Ctrl_C_at_20_points_of_a_rollback_brings_the_prompt_back_and_leaves_an_honest_record() => Prove(
        bad,
        Rollback,
        " -NoWait",
        "[bool]((Restart-Deployment -Force -PlanOnly -WarningAction Ignore).Reasons -match '1\\.4\\.2')",
        PutBack);

    private void Prove(SandboxWorlds world, string command, string noWait, string? isMade, string prepare)
    {
        _shell = world.OpenShell();
        _shell.Get<Incident>("New-Incident 'interrupted'");
        Prepare(prepare);
        var untilSent = Interruption.DurationOf(_shell, $"{command}{noWait} -WarningAction Ignore");
        Prepare(prepare);
        var whole = untilSent + TimeSpan.FromSeconds(1);
        var points = Enumerable.Range(0, PointsUntilSent).Select(point => untilSent * point / PointsUntilSent)
            .Concat(Enumerable.Range(1, PointsWhileFollowing).Select(point => untilSent + ((whole - untilSent) * point / PointsWhileFollowing)));
        foreach (var point in points)
        {
            var back = TimeSpan.MaxValue;
            // The record is honest every time; only for the time a busy machine is given another try.
            for (var tries = 0; tries < Interruption.Tries && back >= Interruption.Promise; tries++)
            {
                back = StopAt(point, command, noWait, isMade);
                Prepare(prepare);
            }

            Assert.True(back < Interruption.Promise, $"stopped after {point.TotalMilliseconds:0} ms, the prompt took {back.TotalMilliseconds:0} ms to come back, and was late before");
        }

        Assert.All(_shell.Get<JournalCheck>("Test-IncidentJournal"), check => Assert.True(check.Intact, check.Reason));
    }

    private TimeSpan StopAt(TimeSpan point, string command, string noWait, string? isMade)
    {
        var known = Known();
        var back = Interruption.Stop(_shell.Runspace, $"{command} -WarningAction Ignore", point);
        var left = _shell.Get<Mitigation>("Get-Mitigation").Where(mitigation => !known.Contains(mitigation.Id)).ToArray();
        Assert.True(left.Length <= 1, $"{left.Length} entries of one command");
        HoldAgainstTheWorld(left.SingleOrDefault(), isMade, point);
        if (left is [{ State: MitigationState.Unknown }])
        {
            Resolve($"{command}{noWait} -WarningAction Ignore", left[0].Id);
        }

        return back;
    }

    private void Prepare(string script)
    {
        var outcome = _shell.Run(script);
        Assert.True(outcome.Error is null && outcome.Errors.Count == 0, $"{script}: {outcome.Error} {string.Join("; ", outcome.Errors)}");
    }

    private HashSet<string> Known() => [.. _shell.Get<Mitigation>("Get-Mitigation").Select(mitigation => mitigation.Id)];

    private void HoldAgainstTheWorld(Mitigation? left, string? isMade, TimeSpan point)
    {
        bool? made = isMade is null ? null : _shell.Get<bool>(isMade)[0];
        bool? said = left?.State switch
        {
            null or MitigationState.Failed => false,
            MitigationState.InForce or MitigationState.Done => true,
            MitigationState.Unknown => null,
            _ => throw new Xunit.Sdk.XunitException($"stopped after {point.TotalMilliseconds:0} ms: {left!.Id} is {left.State}, with no outcome"),
        };
        Assert.True(said is null || made is null || said == made, $"stopped after {point.TotalMilliseconds:0} ms: the record says {left?.State.ToString() ?? "nothing"}, and the world {(made == true ? "has" : "has not")} the change");
    }

    /// <summary>It reads the object again before anything else, whatever it then does itself.</summary>
    private void Resolve(string command, string unknown)
    {
        _shell.Run(command);
        Assert.NotEqual(MitigationState.Unknown, _shell.Get<Mitigation>($"Get-Mitigation {unknown}")[0].State);
    }
}
