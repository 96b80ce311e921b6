using System.Xml;
using System.Xml.Linq;

namespace MalariaIncident.Staging;

/// <summary>
/// One format file out of one small file per type: PowerShell pays per file at import. A fragment is a &lt;Views&gt; element with
/// the views of one type.
/// </summary>
internal static class FormatFile
{
    public static void Write(string fragments, string target)
    {
        var views = new XElement("ViewDefinitions");
        foreach (var file in Directory.GetFiles(fragments, "*.xml").Order(StringComparer.Ordinal))
        {
            try
            {
                var root = XDocument.Load(file).Root!;
                if (root.Name != "Views")
                {
                    throw new StagingException(file, $"the root element is {root.Name}, not Views");
                }

                views.Add(root.Elements("View"));
            }
            catch (XmlException problem)
            {
                throw new StagingException(file, problem.Message);
            }
        }

        var document = new XDocument(new XDeclaration("1.0", "utf-8", null), new XElement("Configuration", views));
        TextFile.WriteIfChanged(target, document.Declaration + Environment.NewLine + document);
    }
}
