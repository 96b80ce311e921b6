using System.Xml;
using System.Xml.Linq;

namespace MalariaIncident.Staging;

/// <summary>
/// How one type is shown: a &lt;Views&gt; element with its views, and before them optionally a &lt;Type&gt; with the names of the properties of
/// its lists. A folder of small files becomes one format file and one types file: PowerShell pays per file at import.
/// </summary>
internal static class FormatFragment
{
    public static IEnumerable<(string File, XElement Views)> Read(string folder)
    {
        foreach (var file in Directory.GetFiles(folder, "*.xml").Order(StringComparer.Ordinal))
        {
            XElement root;
            try
            {
                root = XDocument.Load(file).Root!;
            }
            catch (XmlException problem)
            {
                throw new StagingException(file, problem.Message);
            }

            yield return root.Name == "Views" ? (file, root) : throw new StagingException(file, $"the root element is {root.Name}, not Views");
        }
    }

    public static void Write(string target, XElement root)
    {
        var document = new XDocument(new XDeclaration("1.0", "utf-8", null), root);
        TextFile.WriteIfChanged(target, document.Declaration + Environment.NewLine + document);
    }
}
