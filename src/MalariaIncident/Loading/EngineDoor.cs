using System.Reflection;

namespace MalariaIncident.Loading;

/// <summary>The one engine of the process, loaded on first use so that importing the module stays cheap.</summary>
internal static class EngineDoor
{
    private const string EngineType = "MalariaIncident.Engine.EngineRooms";

    private static readonly Lazy<IEngine> LazyEngine = new(Load, LazyThreadSafetyMode.ExecutionAndPublication);

    public static IEngine Engine => LazyEngine.Value;

    private static IEngine Load()
    {
        var moduleFolder = Path.GetDirectoryName(typeof(EngineDoor).Assembly.Location)!;
        var path = Path.Combine(moduleFolder, "engine", "MalariaIncident.Engine.dll");
        if (!File.Exists(path))
        {
            throw new IncidentException(
                FailureKind.EngineFailed,
                $"The module is not complete: {path} is missing.",
                path,
                advice: "Install the module again, or build it with 'dotnet build'.");
        }

        var assembly = new EngineLoadContext(path).LoadFromAssemblyPath(path);
        return (IEngine)Activator.CreateInstance(assembly.GetType(EngineType, throwOnError: true)!, nonPublic: true)!;
    }
}
