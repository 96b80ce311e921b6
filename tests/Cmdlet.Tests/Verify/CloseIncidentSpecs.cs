using Cmdlet.Tests.Harness;
using MalariaIncident;

namespace Cmdlet.Tests.Verify;

[Collection(TemporaryStore.Name)]
public sealed class CloseIncidentSpecs : IDisposable
{
    private readonly TemporaryStore _store = new();
    private readonly Shell _shell = new();

    public void Dispose()
    {
        _shell.Dispose();
        _store.Dispose();
    }

    [Fact]
    public void Unverified_is_refused_until_forced_with_a_reason()
    {
        _shell.Get<Incident>("New-Incident one");

        Assert.Equal("IncidentUnverified", _shell.FailureOf("Close-Incident"));
        Assert.Equal("ArgumentInvalid", _shell.FailureOf("Close-Incident -Force"));
        var closed = _shell.Get<Incident>("Get-Incident | Close-Incident -Force -Reason 'false alarm' -RootCause 'a broken probe' -PassThru")[0];

        Assert.Equal((IncidentStatus.Closed, "a broken probe"), (closed.Status, closed.RootCause));
        Assert.NotNull(closed.ClosedAt);
    }

    [Fact]
    public void A_closed_incident_is_not_closed_or_noted_again()
    {
        _shell.Get<Incident>("New-Incident one; Close-Incident -Force -Reason test");
        Assert.Equal("IncidentClosed", _shell.FailureOf("Close-Incident -Force -Reason again"));
        Assert.Equal("IncidentClosed", _shell.FailureOf("Add-IncidentNote afterthought"));
    }

    [Fact]
    public void The_error_says_what_to_do()
    {
        var id = _shell.Get<Incident>("New-Incident one")[0].Id;
        var outcome = _shell.Run("Close-Incident");
        var error = outcome.Error ?? outcome.Errors[0];
        Assert.Contains(id, error.ErrorDetails.Message, StringComparison.Ordinal);
        Assert.Contains("Test-IncidentResolution", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
    }
}
