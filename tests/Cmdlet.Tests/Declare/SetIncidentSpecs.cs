using Cmdlet.Tests.Harness;
using MalariaIncident;

namespace Cmdlet.Tests.Declare;

[Collection(TemporaryStore.Name)]
public sealed class SetIncidentSpecs : IDisposable
{
    private readonly TemporaryStore _store = new();
    private readonly Shell _shell = new();

    public void Dispose()
    {
        _shell.Dispose();
        _store.Dispose();
    }

    [Fact]
    public void Changes_what_is_named_and_nothing_else()
    {
        var before = _shell.Get<Incident>("New-Incident one -Severity P2 -Service api")[0];

        Assert.Empty(_shell.Get<Incident>("Set-Incident -Status Identified -RootCause 'release 42'"));
        var after = _shell.Get<Incident>("Get-Incident | Set-Incident -UsersAffected 30 -PassThru")[0];

        Assert.Equal((IncidentStatus.Identified, "release 42", 30d), (after.Status, after.RootCause, after.UsersAffected));
        Assert.Equal((before.Title, before.Severity, "api"), (after.Title, after.Severity, after.ServicesAffected.Single()));
        Assert.Equal(3, after.LastSequence);
    }

    [Fact]
    public void A_status_opens_a_closed_incident_again()
    {
        _shell.Get<Incident>("New-Incident one; Close-Incident -Force -Reason test");
        Assert.Equal("IncidentClosed", _shell.FailureOf("Set-Incident -Title two"));
        Assert.Equal(IncidentStatus.Investigating, _shell.Get<Incident>("Set-Incident -Status Investigating -PassThru")[0].Status);
    }

    [Theory]
    [InlineData("Set-Incident", "ArgumentInvalid")]
    [InlineData("Set-Incident -Status Closed", "ArgumentInvalid")]
    [InlineData("Set-Incident -Title ' '", "TitleEmpty")]
    [InlineData("Set-Incident -UsersAffected -1", "ArgumentInvalid")]
    [InlineData("Set-Incident INC-2026-9999 -Severity P0", "IncidentNotFound")]
    public void Bad_input_changes_nothing(string script, string id)
    {
        _shell.Get<Incident>("New-Incident one");
        Assert.Equal(id, _shell.FailureOf(script));
        Assert.Equal(1, _shell.Get<Incident>("Get-Incident")[0].LastSequence);
    }

    [Fact]
    public void WhatIf_changes_nothing()
    {
        _shell.Get<Incident>("New-Incident one");
        var before = File.ReadAllBytes(_store.Store);

        _shell.Run("Set-Incident -Severity P0 -Service api, worker -WhatIf; Add-IncidentNote no -WhatIf; Close-Incident -Force -Reason no -WhatIf; $WhatIfPreference = $true; New-Incident two; Set-Incident -Severity P3");

        Assert.Contains("Severity P0", _shell.Host.Shown, StringComparison.Ordinal);
        Assert.Contains("Service api, worker", _shell.Host.Shown, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(_store.Store));
    }
}
