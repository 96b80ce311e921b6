using System.Globalization;

namespace MalariaIncident.Loading;

/// <summary>
/// The one engine of the process, loaded on first use so that importing the module stays cheap. It is asked in the invariant culture, which flows with all that it does from there on: a record reads
/// the same whoever wrote it, and wherever. What is shown stays in the culture of the person who looks.
/// </summary>
internal static class EngineDoor
{
    private const string EngineType = "MalariaIncident.Engine.EngineRooms";

    private static readonly Lazy<IEngine> LazyEngine = new(Load, LazyThreadSafetyMode.ExecutionAndPublication);

    /// <summary>Asks the engine.</summary>
    public static T Ask<T>(Func<IEngine, T> question) => InvariantCulture(() => question(LazyEngine.Value));

    /// <summary>Asks the engine, and waits for its answer.</summary>
    public static T Await<T>(Func<IEngine, Task<T>> question) => Ask(question).GetAwaiter().GetResult();

    /// <summary>Asks the engine for what comes one after the other.</summary>
    public static IAsyncEnumerable<T> Stream<T>(Func<IEngine, IAsyncEnumerable<T>> question) => new InvariantStream<T>(Ask(question));

    /// <summary>Begins work whose numbers and dates are written as everywhere.</summary>
    internal static T InvariantCulture<T>(Func<T> begin)
    {
        var culture = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        try
        {
            return begin();
        }
        finally
        {
            CultureInfo.CurrentCulture = culture;
        }
    }

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
