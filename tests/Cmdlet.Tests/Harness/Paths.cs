using System.Reflection;

namespace Cmdlet.Tests.Harness;

/// <summary>Where the build left what the tests use.</summary>
internal static class Paths
{
    public static string ModuleManifest { get; } = Metadata("ModuleManifest");
    public static string SandboxProgram { get; } = Metadata("SandboxProgram");
    public static string HostProgram { get; } = Metadata("HostProgram");
    public static string ForeignYamlDotNet { get; } = Metadata("ForeignYamlDotNet");
    public static string ForeignMarkdig { get; } = Metadata("ForeignMarkdig");
    public static string RepositoryRoot { get; } = Metadata("RepositoryRoot");

    private static string Metadata(string key)
        => typeof(Paths).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == key).Value!;
}
