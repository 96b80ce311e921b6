using MalariaIncident.Sandbox;

namespace Engine.Tests.Sandbox;

/// <summary>A healthy world without databases, shared by the tests that leave it as it is.</summary>
public sealed class SandboxFixture : IAsyncLifetime
{
    public SandboxWorld World { get; private set; } = null!;
    public ApiUnderTest Api { get; private set; } = null!;

    public static ApiUnderTest ApiOf(SandboxWorld world) => new(world.Api, world.AuthorityPem, world.AdminToken, world.ViewerToken);

    public async Task InitializeAsync()
    {
        World = await SandboxWorld.StartAsync(new() { Database = false, Cache = false }, CancellationToken.None);
        Api = ApiOf(World);
    }

    public async Task DisposeAsync()
    {
        Api.Dispose();
        await World.DisposeAsync();
    }
}

/// <summary>The contract held against the sandbox.</summary>
public sealed class SandboxContractTests(SandboxFixture fixture) : KubernetesApiContract, IClassFixture<SandboxFixture>
{
    protected override ApiUnderTest Api => fixture.Api;
}
