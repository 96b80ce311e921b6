using System.Reflection;
using System.Runtime.Loader;

namespace MalariaIncident.Loading;

/// <summary>
/// Keeps the engine and all its packages to itself, so that a session that has loaded another YamlDotNet or Markdig
/// is neither disturbed nor disturbs. The idea of a small loader in front of a private context is from jborean93's
/// Yayaml and OpenAuthenticode (MIT).
/// </summary>
internal sealed class EngineLoadContext : AssemblyLoadContext
{
    private readonly AssemblyDependencyResolver _resolver;

    public EngineLoadContext(string engineAssembly)
        : base("MalariaIncident.Engine")
        => _resolver = new AssemblyDependencyResolver(engineAssembly);

    protected override Assembly? Load(AssemblyName assemblyName)
    {
        // The contracts must be the very assembly that the cmdlets use, or every type would exist twice.
        var contracts = typeof(IEngine).Assembly;
        if (AssemblyName.ReferenceMatchesDefinition(assemblyName, contracts.GetName()))
        {
            return contracts;
        }

        return _resolver.ResolveAssemblyToPath(assemblyName) is { } path ? LoadFromAssemblyPath(path) : null;
    }

    protected override nint LoadUnmanagedDll(string unmanagedDllName)
        => _resolver.ResolveUnmanagedDllToPath(unmanagedDllName) is { } path ? LoadUnmanagedDllFromPath(path) : nint.Zero;
}
