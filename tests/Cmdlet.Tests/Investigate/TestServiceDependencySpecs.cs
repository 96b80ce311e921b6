using Cmdlet.Tests.Harness;
using MalariaIncident;

namespace Cmdlet.Tests.Investigate;

[Collection(TemporaryStore.Name)]
public sealed class TestServiceDependencySpecs(HealthyProduction production) : IClassFixture<HealthyProduction>, IDisposable
{
    private readonly TemporaryStore _store = new();

    public void Dispose() => _store.Dispose();

    [Fact]
    public void Both_sides_are_shown_and_stand_in_the_record()
    {
        using var shell = production.OpenShell();
        shell.Get<Incident>("New-Incident 'No climate data'");
        var era5 = Assert.Single(shell.Get<ServiceDependency>("Test-ServiceDependency -Name era5"));
        Assert.Equal((DependencyVerdict.Up, true, "production"), (era5.Verdict, era5.Healthy, era5.Environment));
        Assert.Contains(shell.Get<IncidentEvent>("Get-IncidentTimeline"), entry => entry.Text.StartsWith("era5 answers this machine and the application.", StringComparison.Ordinal));
        shell.Run("Test-ServiceDependency -Name era5 | Out-Default");
        Assert.Contains("Verdict", shell.Host.Shown, StringComparison.Ordinal);
    }

    [Fact]
    public void Quiet_is_one_word_for_if()
    {
        using var shell = production.OpenShell();
        Assert.True(Assert.Single(shell.Get<bool>("Test-ServiceDependency -Name era5 -Quiet")));
        Assert.False(Assert.Single(shell.Get<bool>("Test-ServiceDependency -Name database -ConnectionString 'Host=127.0.0.1;Port=1;Username=u' -HereOnly -Quiet")));
    }

    [Fact]
    public void Here_only_runs_nothing_in_a_pod()
    {
        using var shell = production.OpenShell();
        Assert.Equal(DependencyState.NotChecked, Assert.Single(shell.Get<ServiceDependency>("Test-ServiceDependency -Name era5 -HereOnly")).Pod.State);
    }

    [Fact]
    public void A_name_that_nothing_has_is_an_error() =>
        Assert.Equal("ResourceNotFound", Failure("Test-ServiceDependency -Name nothing"));

    private string Failure(string script)
    {
        using var shell = production.OpenShell();
        return shell.FailureOf(script);
    }
}
