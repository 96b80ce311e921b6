using Cmdlet.Tests.Harness;
using MalariaIncident;

namespace Cmdlet.Tests.Mitigate;

[Collection(TemporaryStore.Name)]
public sealed class StopLongQuerySpecs(BlockedDatabase database) : IClassFixture<BlockedDatabase>, IDisposable
{
    private readonly TemporaryStore _store = new();
    private Shell? _shell;

    private Shell Shell => _shell ??= database.OpenShell();

    public void Dispose()
    {
        _shell?.Dispose();
        _store.Dispose();
    }

    [SkippableFact]
    public void Long_queries_are_listed_as_a_table()
    {
        var found = Shell.Get<LongQuery>("Get-LongQuery -Environment production -MinimumDuration 0s -IncludeIdleInTransaction");
        Shell.Run("Get-LongQuery -Environment production -MinimumDuration 0s | Out-Default");

        Assert.Contains(found, query => query.Application == "report-export" && query.State == "active");
        Assert.Contains("postgres (report-export)", Shell.Host.Shown, StringComparison.Ordinal);
        Assert.Contains("Duration", Shell.Host.Shown, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void WhatIf_shows_the_plan_and_sends_nothing_and_writes_nothing()
    {
        var outcome = Shell.Run("Get-LongQuery -Environment production -RootBlockersOnly | Stop-LongQuery -WhatIf");

        Assert.Null(outcome.Error);
        Assert.Empty(outcome.Output);
        Assert.Contains("terminated at once", Shell.Host.Shown, StringComparison.Ordinal);
        Assert.Contains("undo: not possible", Shell.Host.Shown, StringComparison.Ordinal);
        Assert.Single(Shell.Get<LongQuery>("Get-LongQuery -Environment production -RootBlockersOnly"));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_store.Folder));
    }

    [SkippableFact]
    public void A_confirmation_that_nobody_gives_stops_nothing()
    {
        Assert.Equal("ConfirmationImpossible", Shell.FailureOf("Stop-LongQuery -Environment production -RootBlockersOnly"));
        Assert.Single(Shell.Get<LongQuery>("Get-LongQuery -Environment production -RootBlockersOnly"));
    }

    [SkippableFact]
    public void More_than_the_maximum_is_an_error_and_stops_nothing() =>
        Assert.Equal("TooManyTargets", Shell.FailureOf("Stop-LongQuery -Environment production -MinimumDuration 0s -MaximumCount 1 -Confirm:$false"));

    [SkippableTheory]
    [InlineData("Get-LongQuery -MinimumDuration 5", "ParameterArgumentTransformationError")]
    [InlineData("Get-LongQuery -MinimumDuration '5'", "ParameterArgumentTransformationError")]
    [InlineData("Get-LongQuery -Environment production -MinimumDuration -5m", "ArgumentInvalid")]
    [InlineData("Stop-LongQuery -Environment production -RootBlockersOnly -GracePeriod '-1s' -Confirm:$false", "ArgumentInvalid")]
    [InlineData("Get-LongQuery -Environment nowhere", "EnvironmentNotFound")]
    [InlineData("Get-LongQuery -ConnectionString 'host=127.0.0.1 port=1 user=x'", "DatabaseUnreachable")]
    [InlineData("Get-LongQuery -ConnectionString 'nonsense'", "ConnectionStringInvalid")]
    [InlineData("Get-LongQuery -ConnectionString 'env:THERE_IS_NO_SUCH_VARIABLE'", "SecretUnavailable")]
    public void Bad_input_is_a_sentence_with_a_stable_id(string script, string id) => Assert.Equal(id, Shell.FailureOf(script));

    [SkippableTheory]
    [InlineData("Get-LongQuery -MinimumDuration 0s | Stop-LongQuery -RootBlockersOnly")]
    [InlineData("Get-DatabaseLock | Stop-LongQuery -RootBlockersOnly")]
    [InlineData("Get-DatabaseConnection | Where-Object { $_.State -like 'idle in*' } | Stop-LongQuery -MinimumDuration 0s")]
    [InlineData("Get-DatabaseConnection | Stop-LongQuery -RootBlockersOnly")]
    [InlineData("New-Incident 'Database stuck' -Environment production | Stop-LongQuery -RootBlockersOnly")]
    public void Everything_that_was_seen_leads_to_the_blocker_down_the_pipeline(string script)
    {
        var blocker = Assert.Single(Shell.Get<int>("(Get-DatabaseLock -RootBlockersOnly).ProcessId"));
        var plan = Assert.Single(Shell.Get<MitigationPlan>($"{script} -PlanOnly"));
        Assert.Contains($"backend {blocker} ", Assert.Single(plan.Changes).Object, StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData("Stop-LongQuery -InputObject @() -MinimumDuration 0s")]
    [InlineData("Stop-LongQuery -InputObject $null -MinimumDuration 0s")]
    [InlineData("[pscustomobject]@{ Session = $null; Environment = 'production' } | Stop-LongQuery -MinimumDuration 0s")]
    [InlineData("@() | Stop-LongQuery -MinimumDuration 0s")]
    public void Nobody_is_never_taken_for_everybody(string script)
    {
        var outcome = Shell.Run($"{script} -PlanOnly");
        Assert.Null(outcome.Error);
        Assert.Empty(outcome.Output);
    }

    [SkippableFact]
    public void Groups_of_connections_choose_their_sessions_and_no_others()
    {
        var victims = Shell.Get<int>("(Get-LongQuery -MinimumDuration 0s | Where-Object Application -eq prediction-api).ProcessId");
        var plan = Assert.Single(Shell.Get<MitigationPlan>("Get-DatabaseConnection | Where-Object Application -eq prediction-api | Stop-LongQuery -MinimumDuration 0s -PlanOnly"));
        Assert.Equal(victims.Order(), plan.Changes.Select(change => int.Parse(change.Object.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture)).Order());
        Assert.Empty(Shell.Run("Get-DatabaseConnection | Where-Object State -eq idle | Stop-LongQuery -MinimumDuration 0s -PlanOnly").Output);
        Assert.Empty(Shell.Run("Get-DatabaseConnection | Stop-LongQuery -MinimumDuration 9h -PlanOnly").Output);
    }

    [SkippableFact]
    public void Nothing_in_the_pipeline_is_nothing_to_stop()
    {
        var outcome = Shell.Run("Get-LongQuery -Environment production -MinimumDuration 9h | Stop-LongQuery -Confirm:$false");

        Assert.Null(outcome.Error);
        Assert.Empty(outcome.Output);
        Assert.Contains("nothing was stopped", Assert.Single(outcome.Streams.Warning).Message, StringComparison.Ordinal);
    }
}
