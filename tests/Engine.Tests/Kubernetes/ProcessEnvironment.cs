namespace Engine.Tests.Kubernetes;

/// <summary>Sets an environment variable of this process for the length of a test.</summary>
internal sealed class ProcessEnvironment : IDisposable
{
    private readonly string name;
    private readonly string? before;

    public ProcessEnvironment(string name, string? value)
    {
        this.name = name;
        before = Environment.GetEnvironmentVariable(name);
        Environment.SetEnvironmentVariable(name, value);
    }

    public void Dispose() => Environment.SetEnvironmentVariable(name, before);
}

/// <summary>Tests that change the environment of the process never run beside others.</summary>
[CollectionDefinition(nameof(ProcessEnvironment), DisableParallelization = true)]
public sealed class ProcessEnvironmentDefinition;
