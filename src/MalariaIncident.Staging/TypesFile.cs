using System.Xml.Linq;

namespace MalariaIncident.Staging;

/// <summary>
/// What a list shows of every type. PowerShell falls back to a list where a script writes objects of several types, whatever their views
/// are: without this it would show every property.
/// </summary>
internal static class TypesFile
{
    public static void Write(string fragments, string target) => FormatFragment.Write(target, new XElement("Types", FormatFragment.Read(fragments).SelectMany(one => one.Views.Elements("Type").Select(type => Expand(one.File, type)))));

    private static XElement Expand(string file, XElement type)
    {
        var names = ((string?)type.Element("DefaultDisplayPropertySet") ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (type.Element("Name") is not { } name || names.Length == 0)
        {
            throw new StagingException(file, "a Type has a Name and a DefaultDisplayPropertySet: names of properties with spaces between");
        }

        return new XElement(
            "Type",
            new XElement(name),
            new XElement(
                "Members",
                new XElement(
                    "MemberSet",
                    new XElement("Name", "PSStandardMembers"),
                    new XElement(
                        "Members",
                        new XElement(
                            "PropertySet",
                            new XElement("Name", "DefaultDisplayPropertySet"),
                            new XElement("ReferencedProperties", names.Select(one => new XElement("Name", one))))))));
    }
}
