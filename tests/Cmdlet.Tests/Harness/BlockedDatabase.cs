namespace Cmdlet.Tests.Harness;

/// <summary>A sandbox whose database hangs: one blocker, three victims, one long query. A machine without PostgreSQL skips the tests, unless servers are required.</summary>
public sealed class BlockedDatabase : IDisposable
{
    private readonly Lazy<SandboxProcess> _sandbox = new(() => SandboxProcess.Start("blocked-table"));

    /// <summary>A prompt with this sandbox's environment file.</summary>
    internal Shell OpenShell()
    {
        var required = Environment.GetEnvironmentVariable("MALARIA_INCIDENT_REQUIRE_SERVERS") == "1";
        Skip.If(!_sandbox.Value.HasDatabase && !required, "No PostgreSQL is installed here.");
        Environment.SetEnvironmentVariable("MALARIA_INCIDENT_ENVIRONMENTS", _sandbox.Value.EnvironmentFile);
        return new();
    }

    public void Dispose()
    {
        if (_sandbox.IsValueCreated)
        {
            _sandbox.Value.Dispose();
        }
    }
}
