using System.Xml.Linq;

namespace MalariaIncident.Staging;

/// <summary>The views of every type.</summary>
internal static class FormatFile
{
    public static void Write(string fragments, string target) =>
        FormatFragment.Write(target, new XElement("Configuration", new XElement("ViewDefinitions", FormatFragment.Read(fragments).Select(one => one.Views.Elements("View")))));
}
