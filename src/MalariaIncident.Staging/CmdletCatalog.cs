using System.Reflection;

namespace MalariaIncident.Staging;

/// <summary>The cmdlet classes of the built module, read without running them.</summary>
internal static class CmdletCatalog
{
    private const string CmdletAttribute = "System.Management.Automation.CmdletAttribute";

    public static IReadOnlyList<CmdletEntry> Read(string assemblyPath, string powerShellReference)
    {
        var runtime = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        var paths = Directory.GetFiles(runtime, "*.dll")
            .Concat(Directory.GetFiles(Path.GetDirectoryName(assemblyPath)!, "*.dll"))
            .Append(powerShellReference);
        // Not disposed: the entries keep types of this context, and the program ends soon.
        var context = new MetadataLoadContext(new PathAssemblyResolver(paths), typeof(object).Assembly.GetName().Name);
        var entries = new List<CmdletEntry>();
        foreach (var type in context.LoadFromAssemblyPath(assemblyPath).GetTypes().Where(type => !type.IsAbstract))
        {
            var attribute = type.GetCustomAttributesData().FirstOrDefault(data => data.AttributeType.FullName == CmdletAttribute);
            if (attribute is not null)
            {
                entries.Add(new($"{attribute.ConstructorArguments[0].Value}-{attribute.ConstructorArguments[1].Value}", type, attribute));
            }
        }

        return [.. entries.OrderBy(entry => entry.Name, StringComparer.Ordinal)];
    }
}

/// <param name="Name">Verb-Noun.</param>
/// <param name="Class">The class, for reflection only.</param>
/// <param name="Attribute">Its cmdlet attribute.</param>
internal sealed record CmdletEntry(string Name, Type Class, CustomAttributeData Attribute);
