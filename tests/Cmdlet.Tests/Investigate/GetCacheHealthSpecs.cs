using Cmdlet.Tests.Harness;
using MalariaIncident;

namespace Cmdlet.Tests.Investigate;

[Collection(TemporaryStore.Name)]
public sealed class GetCacheHealthSpecs : IDisposable
{
    private readonly TemporaryStore _store = new();
    private readonly Shell _shell = new();

    public void Dispose()
    {
        _shell.Dispose();
        _store.Dispose();
    }

    [SkippableFact]
    public void The_verdict_is_shown_and_stands_in_the_record_without_the_password()
    {
        using var redis = LocalRedis.Start();
        var incident = Assert.Single(_shell.Get<Incident>("New-Incident 'Cache refuses writes'"));
        var health = Assert.Single(_shell.Get<CacheHealth>($"Get-CacheHealth '127.0.0.1:{redis.Port},password={LocalRedis.Password}' -SampleSeconds 0 -TimeoutSeconds 60"));

        Assert.Equal((incident.Id, false), (health.Incident, health.Healthy));
        Assert.Contains(health.Findings, finding => finding.Reason == "OutOfMemory");
        var evidence = Assert.Single(_shell.Get<IncidentEvent>("Get-IncidentTimeline"), entry => entry.Kind == EventKind.Checked);
        Assert.Contains("not healthy", evidence.Text, StringComparison.Ordinal);

        _shell.Run($"Get-CacheHealth 'redis://:{LocalRedis.Password}@127.0.0.1:{redis.Port}' -SampleSeconds 0 -TimeoutSeconds 60 | Out-Default");
        Assert.Contains("maxmemory", _shell.Host.Shown, StringComparison.Ordinal);
        Assert.DoesNotContain(LocalRedis.Password, _shell.Host.Shown + evidence, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void Wrong_passwords_are_told_and_not_shown()
    {
        using var redis = LocalRedis.Start();
        var outcome = _shell.Run($"Get-CacheHealth 'redis://:wrong-word@127.0.0.1:{redis.Port}' -TimeoutSeconds 60");
        var error = outcome.Error ?? outcome.Errors[0];
        Assert.StartsWith("CacheUnauthenticated,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong-word", $"{error} {error.ErrorDetails.RecommendedAction} {error.TargetObject}", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Get-CacheHealth 127.0.0.1:1", "CacheUnreachable")]
    [InlineData("Get-CacheHealth 'redis://u@host'", "ConnectionStringInvalid")]
    [InlineData("Get-CacheHealth env:NO_SUCH_VARIABLE", "SecretUnavailable")]
    [InlineData("$env:REDIS_URL = ''; Get-CacheHealth", "SettingMissing")]
    public void What_cannot_be_asked_is_an_error_with_its_reason(string script, string id) => Assert.Equal(id, _shell.FailureOf(script));
}
