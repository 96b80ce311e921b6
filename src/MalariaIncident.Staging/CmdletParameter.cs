using System.Reflection;

namespace MalariaIncident.Staging;

/// <summary>One parameter of a cmdlet in one parameter set, read from its attributes.</summary>
internal sealed record CmdletParameter(
    string Name, string TypeName, bool IsSwitch, bool Mandatory, string Position, string Pipeline, bool Wildcards, string Set, IReadOnlyList<string> Aliases, IReadOnlyList<string> Values)
{
    public const string AllSets = "__AllParameterSets";
    private const string Namespace = "System.Management.Automation.";

    public static IReadOnlyList<CmdletParameter> Of(CmdletEntry cmdlet)
    {
        var found = new List<CmdletParameter>();
        foreach (var property in cmdlet.Class.GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            var attributes = property.GetCustomAttributesData();
            foreach (var parameter in attributes.Where(data => data.AttributeType.FullName == Namespace + "ParameterAttribute"))
            {
                found.Add(From(property, parameter, attributes));
            }
        }

        if (Named(cmdlet.Attribute, "SupportsShouldProcess") is true)
        {
            found.Add(Common("WhatIf"));
            found.Add(Common("Confirm"));
        }

        return found;
    }

    private static CmdletParameter From(PropertyInfo property, CustomAttributeData parameter, IList<CustomAttributeData> attributes)
    {
        var type = property.PropertyType;
        if (type.IsGenericType && type.GetGenericTypeDefinition().FullName == "System.Nullable`1")
        {
            type = type.GetGenericArguments()[0];
        }

        var element = type.IsArray ? type.GetElementType()! : type;
        var isSwitch = type.FullName == Namespace + "SwitchParameter";
        var pipeline = (Named(parameter, "ValueFromPipeline") is true, Named(parameter, "ValueFromPipelineByPropertyName") is true) switch
        {
            (true, true) => "true (ByValue, ByPropertyName)",
            (true, false) => "true (ByValue)",
            (false, true) => "true (ByPropertyName)",
            _ => "false",
        };
        return new(
            property.Name,
            isSwitch ? "SwitchParameter" : type.Name,
            isSwitch,
            Named(parameter, "Mandatory") is true,
            Named(parameter, "Position") is int position and >= 0 ? position.ToString(System.Globalization.CultureInfo.InvariantCulture) : "named",
            pipeline,
            attributes.Any(data => data.AttributeType.FullName == Namespace + "SupportsWildcardsAttribute"),
            Named(parameter, "ParameterSetName") as string ?? AllSets,
            [.. attributes.Where(data => data.AttributeType.FullName == Namespace + "AliasAttribute")
                .SelectMany(data => (IEnumerable<CustomAttributeTypedArgument>)data.ConstructorArguments[0].Value!).Select(argument => (string)argument.Value!)],
            element.IsEnum ? element.GetEnumNames() : []);
    }

    private static CmdletParameter Common(string name) => new(name, "SwitchParameter", true, false, "named", "false", false, AllSets, [], []);

    private static object? Named(CustomAttributeData attribute, string name)
        => attribute.NamedArguments.Where(argument => argument.MemberName == name).Select(argument => argument.TypedValue.Value).FirstOrDefault();
}
