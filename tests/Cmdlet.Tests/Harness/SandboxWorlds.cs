namespace Cmdlet.Tests.Harness;

/// <summary>A sandbox for a class of tests; started when the first of them opens a prompt.</summary>
public abstract class SandboxWorlds(params string[] faults) : IDisposable
{
    private readonly Lazy<SandboxProcess> _sandbox = new(() => SandboxProcess.Start(faults));

    /// <summary>False on a machine without PgBouncer.</summary>
    internal bool HasPooler => _sandbox.Value.HasPooler;

    internal string EnvironmentFile => _sandbox.Value.EnvironmentFile;

    internal string KubeConfig => Path.Combine(Path.GetDirectoryName(EnvironmentFile)!, "kubeconfig");

    /// <summary>The requests so far that could have changed something in the cluster.</summary>
    public IReadOnlyList<string> Writes => _sandbox.Value.Writes;

    /// <summary>A prompt with this sandbox's environment file.</summary>
    internal Shell OpenShell()
    {
        Environment.SetEnvironmentVariable("MALARIA_INCIDENT_ENVIRONMENTS", EnvironmentFile);
        return new();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Stops the sandbox, if one was started.</summary>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing && _sandbox.IsValueCreated)
        {
            _sandbox.Value.Dispose();
        }
    }
}

/// <summary>A release that passes its rollout and then crashes, with a changed setting after it.</summary>
public sealed class BadRelease() : SandboxWorlds("bad-release");

/// <summary>The same for every class that only looks: one sandbox for all of them. Whenever they look, its crash loops are in their back-off: every few minutes they would run for a moment.</summary>
public sealed class ObservedRelease() : SandboxWorlds("bad-release", "stuck-cluster");

/// <summary>A production that is well.</summary>
public sealed class HealthyProduction() : SandboxWorlds();
