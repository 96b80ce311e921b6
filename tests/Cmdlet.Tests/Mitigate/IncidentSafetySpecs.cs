using Cmdlet.Tests.Harness;
using MalariaIncident;

namespace Cmdlet.Tests.Mitigate;

/// <summary>One switch for the process, above every preference.</summary>
[Collection(TemporaryStore.Name)]
public sealed class IncidentSafetySpecs : IDisposable
{
    private const string Variable = "MALARIA_INCIDENT_READONLY";
    private readonly TemporaryStore _store = new();
    private readonly Shell _shell = new();

    public void Dispose()
    {
        _shell.Run("Set-IncidentSafety ReadWrite -Force");
        Environment.SetEnvironmentVariable(Variable, null);
        _shell.Dispose();
        _store.Dispose();
    }

    [Fact]
    public void Read_only_holds_for_every_runspace_until_it_is_lifted()
    {
        Assert.Equal(SafetyMode.ReadWrite, _shell.Get<IncidentSafety>("Get-IncidentSafety")[0].Mode);
        var set = _shell.Get<IncidentSafety>("Set-IncidentSafety ReadOnly")[0];
        Assert.Equal((SafetyMode.ReadOnly, "Set-IncidentSafety", Environment.ProcessId), (set.Mode, set.SetBy, set.ProcessId));
        using (var another = new Shell())
        {
            Assert.Equal("ReadOnlyMode", another.FailureOf("New-Incident one -Confirm:$false"));
        }

        Assert.Equal("1", Environment.GetEnvironmentVariable(Variable));
        Assert.Equal(SafetyMode.ReadWrite, _shell.Get<IncidentSafety>("Set-IncidentSafety ReadWrite")[0].Mode);
        Assert.Single(_shell.Get<Incident>("New-Incident one"));
    }

    [Fact]
    public void A_process_that_was_started_read_only_stays_so_without_force()
    {
        Environment.SetEnvironmentVariable(Variable, "1");
        Assert.Contains(Variable, _shell.Get<IncidentSafety>("Get-IncidentSafety")[0].SetBy, StringComparison.Ordinal);
        Assert.Equal("ReadOnlyMode", _shell.FailureOf("Set-IncidentSafety ReadWrite"));
        Assert.Equal(SafetyMode.ReadWrite, _shell.Get<IncidentSafety>("Set-IncidentSafety ReadWrite -Force")[0].Mode);
    }

    [Theory]
    [InlineData("1", SafetyMode.ReadOnly)]
    [InlineData("True", SafetyMode.ReadOnly)]
    [InlineData("yes", SafetyMode.ReadOnly)]
    [InlineData("ReadOnly", SafetyMode.ReadOnly)]
    [InlineData("0", SafetyMode.ReadWrite)]
    [InlineData("False", SafetyMode.ReadWrite)]
    [InlineData("off", SafetyMode.ReadWrite)]
    [InlineData(" ", SafetyMode.ReadWrite)]
    public void Only_what_clearly_says_no_leaves_a_process_free_to_change_things(string value, SafetyMode mode)
    {
        Environment.SetEnvironmentVariable(Variable, value);
        Assert.Equal(mode, _shell.Get<IncidentSafety>("Get-IncidentSafety")[0].Mode);
    }

    [Fact]
    public void The_record_says_when_the_switch_was_turned()
    {
        _shell.Get<Incident>("New-Incident one");
        _shell.Run("Set-IncidentSafety ReadOnly; Set-IncidentSafety ReadWrite");
        var said = _shell.Get<IncidentEvent>("Get-IncidentTimeline").Where(entry => entry.Text.Contains("Process ", StringComparison.Ordinal)).ToArray();
        Assert.Equal(2, said.Length);
        Assert.Contains("read-only from now on", said[0].Text, StringComparison.Ordinal);
        Assert.Contains("may make changes again", said[1].Text, StringComparison.Ordinal);
    }
}
