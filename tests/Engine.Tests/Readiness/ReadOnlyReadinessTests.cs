using Engine.Tests.Kubernetes;
using MalariaIncident;
using MalariaIncident.Engine.Mitigations;

namespace Engine.Tests.Readiness;

/// <summary>The read-only switch is the whole process's: beside tests that change something it would stop them.</summary>
[Collection(nameof(ProcessEnvironment))]
public sealed class ReadOnlyReadinessTests(ReadinessWorld world) : IClassFixture<ReadinessWorld>
{
    [Fact]
    public async Task It_asks_in_a_read_only_process_too()
    {
        ReadOnlyMode.Set(true);
        try
        {
            Assert.DoesNotContain(await world.CheckAsync("sandbox"), check => check.Status is ReadinessStatus.NotReady or ReadinessStatus.NotChecked);
        }
        finally
        {
            ReadOnlyMode.Set(false);
        }
    }
}
