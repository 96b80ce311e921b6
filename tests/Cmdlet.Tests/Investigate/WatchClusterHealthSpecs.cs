using System.Diagnostics;
using System.Management.Automation;
using Cmdlet.Tests.Harness;
using Cmdlet.Tests.Host;
using Cmdlet.Tests.Safety;
using MalariaIncident;

namespace Cmdlet.Tests.Investigate;

/// <summary>Get-ClusterHealth -Watch, in a pipeline, in a file and at a terminal.</summary>
[Collection(TemporaryStore.Name)]
public sealed class WatchClusterHealthSpecs(ObservedRelease release) : IDisposable
{
    private const string HomeAndClear = "\u001b[H\u001b[J";

    private readonly TemporaryStore _store = new();
    private readonly Shell _shell = release.OpenShell();

    public void Dispose()
    {
        _shell.Dispose();
        _store.Dispose();
    }

    [Fact]
    public void Every_look_is_an_object_and_a_pipeline_that_has_enough_ends_the_watch()
    {
        var looks = _shell.Get<ClusterHealth>(First(2, "Get-ClusterHealth -Watch -Interval 1s"));
        Assert.Equal([1, 2], looks.Select(look => look.Look));
        Assert.True(looks[1].Time > looks[0].Time);
        Assert.All(looks, look => Assert.Null(look.Failure));
    }

    [Fact]
    public void Not_every_look_is_written_to_the_record()
    {
        var look = _shell.Get<ClusterHealth>(First(3, "New-Incident 'Predictions fail' -Severity P0 | Get-ClusterHealth -Watch -Interval 1s"))[^1];
        Assert.Equal(3, look.Look);
        Assert.Single(_shell.Get<IncidentEvent>($"Get-IncidentTimeline {look.Incident}"), entry => entry.Kind == EventKind.Checked);
    }

    [Fact]
    public void Several_contexts_are_watched_in_rounds_and_one_that_fails_is_left_out()
    {
        var outcome = _shell.Run(First(4, "Get-ClusterHealth -Context sandbox, nowhere, sandbox-viewer -Watch -Interval 1s"));
        Assert.Equal(["sandbox", "sandbox-viewer", "sandbox", "sandbox-viewer"], outcome.Output.Select(item => ((ClusterHealth)item.BaseObject).Context));
        Assert.StartsWith("ContextNotFound", Assert.Single(outcome.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Get-ClusterHealth -Watch -Interval 1s")]
    [InlineData("Get-ClusterHealth -Watch -Interval 1h")]
    [InlineData("Get-ClusterHealth -Context sandbox, sandbox-viewer -Watch -Interval 1h")]
    public async Task Ctrl_C_ends_it_within_two_seconds(string script)
    {
        var took = TimeSpan.MaxValue;
        for (var tries = 0; tries < Interruption.Tries && took >= Interruption.Promise; tries++)
        {
            took = await StopAsync(script);
        }

        Assert.True(took < Interruption.Promise, $"took {took}, and was late before");
    }

    private async Task<TimeSpan> StopAsync(string script)
    {
        using var shell = PowerShell.Create(_shell.Runspace);
        using var output = new PSDataCollection<PSObject>();
        var running = shell.AddScript(script).InvokeAsync<PSObject, PSObject>(null, output);
        while (output.Count == 0)
        {
            await Task.WhenAny(running, Task.Delay(20));
            Assert.False(running.IsCompleted, running.Exception?.ToString());
        }

        using var stall = new Stall();
        var clock = Stopwatch.StartNew();
        await Task.Factory.FromAsync(shell.BeginStop, shell.EndStop, null);
        var took = clock.Elapsed - stall.Worst;
        Assert.Equal(PSInvocationState.Stopped, shell.InvocationStateInfo.State);
        Assert.Empty(shell.Streams.Error);
        return took;
    }

    [Theory]
    [InlineData("Get-ClusterHealth -Watch -Interval 0s", "ArgumentInvalid")]
    [InlineData("Get-ClusterHealth -Watch -Interval 2h", "ArgumentInvalid")]
    [InlineData("Get-ClusterHealth -Watch -Interval 5", "ParameterArgumentTransformationError")]
    [InlineData("Get-ClusterHealth -Interval 5s", "ArgumentInvalid")]
    [InlineData("Get-ClusterHealth -Watch -Context nowhere", "ContextNotFound")]
    public void Bad_input_has_its_name(string script, string id) => Assert.Equal(id, _shell.FailureOf(script));

    [Fact]
    public void Where_no_terminal_shows_it_nothing_is_cleared()
    {
        _shell.Run("$n = 0; do { Get-ClusterHealth -Watch -Interval 1s | ForEach-Object { $_ | Out-Default; $n++; if ($n -eq 2) { break } } } while ($false)");
        Assert.DoesNotContain(HomeAndClear, _shell.Host.Shown, StringComparison.Ordinal);
        Assert.Equal(3, _shell.Host.Shown.Split("Cluster sandbox").Length);
    }

    [SkippableFact]
    public async Task At_a_terminal_each_look_takes_the_place_of_the_one_before()
    {
        Skip.If(!Pseudoterminal.IsAvailable, "needs script(1) for a terminal");
        using var process = Pseudoterminal.Start(
            new() { ["MALARIA_INCIDENT_ENVIRONMENTS"] = Environment.GetEnvironmentVariable("MALARIA_INCIDENT_ENVIRONMENTS") }, "-Command", "Get-ClusterHealth -Watch -Interval 1s");
        var shown = new System.Text.StringBuilder();
        var buffer = new char[4096];
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        while (shown.ToString().Split(HomeAndClear).Length < 4)
        {
            var read = await process.StandardOutput.ReadAsync(buffer, limit.Token);
            Assert.True(read > 0, shown.ToString());
            shown.Append(buffer, 0, read);
        }

        await process.StandardInput.WriteAsync('\x03');
        await process.StandardInput.FlushAsync(limit.Token);
        await process.StandardOutput.ReadToEndAsync(limit.Token);
        await process.WaitForExitAsync(limit.Token);
        Assert.Contains("Cluster sandbox", shown.ToString().Split(HomeAndClear)[2], StringComparison.Ordinal);
    }

    /// <summary>Ends a pipeline from downstream, in a runspace without Select-Object.</summary>
    private static string First(int count, string command) => $"$n = 0; do {{ {command} | ForEach-Object {{ $_; $n++; if ($n -eq {count}) {{ break }} }} }} while ($false)";
}
