using System.Globalization;
using System.Net;
using System.Text;

namespace MalariaIncident.Engine.Reports.Figures;

/// <summary>The few shapes that the figure needs. Colours are classes, so that dark mode and print choose them.</summary>
internal sealed class Svg
{
    private readonly StringBuilder _body = new();

    public void Line(string kind, double x1, double y1, double x2, double y2) =>
        Add($"<line class=\"{kind}\" x1=\"{x1:0.#}\" y1=\"{y1:0.#}\" x2=\"{x2:0.#}\" y2=\"{y2:0.#}\"/>");

    public void Bar(string kind, double x, double y, double width, double height, string? title = null) =>
        Add($"<rect class=\"{kind}\" x=\"{x:0.#}\" y=\"{y:0.#}\" width=\"{Math.Max(width, 3):0.#}\" height=\"{height:0.#}\" rx=\"3\">{Title(title)}</rect>");

    public void Dot(string kind, double x, double y, double radius, string? title = null) =>
        Add($"<circle class=\"{kind}\" cx=\"{x:0.#}\" cy=\"{y:0.#}\" r=\"{radius:0.#}\">{Title(title)}</circle>");

    public void Diamond(string kind, double x, double y, string? title = null) =>
        Add($"<path class=\"{kind}\" d=\"M{x:0.#} {y - 6:0.#}l6 6l-6 6l-6 -6z\">{Title(title)}</path>");

    public void Check(string kind, double x, double y, string? title = null) =>
        Add($"<g class=\"{kind}\"><circle cx=\"{x:0.#}\" cy=\"{y:0.#}\" r=\"7\">{Title(title)}</circle><path class=\"glyph\" d=\"M{x - 3.2:0.#} {y + 0.2:0.#}l2.4 2.6l4.2 -5.2\"/></g>");

    public void Cross(string kind, double x, double y, string? title = null) =>
        Add($"<g class=\"{kind}\"><circle cx=\"{x:0.#}\" cy=\"{y:0.#}\" r=\"7\">{Title(title)}</circle><path class=\"glyph\" d=\"M{x - 2.8:0.#} {y - 2.8:0.#}l5.6 5.6m0 -5.6l-5.6 5.6\"/></g>");

    public void Text(string kind, double x, double y, string text, string anchor = "start") =>
        Add($"<text class=\"{kind}\" x=\"{x:0.#}\" y=\"{y:0.#}\" text-anchor=\"{anchor}\">{Encode(text)}</text>");

    public string Finish(double width, double height, string title, string description) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"<svg class=\"course\" role=\"img\" aria-labelledby=\"course-title course-text\" viewBox=\"0 0 {width:0} {height:0}\" xmlns=\"http://www.w3.org/2000/svg\">\n<title id=\"course-title\">{Encode(title)}</title>\n<desc id=\"course-text\">{Encode(description)}</desc>\n{_body}</svg>\n");

    /// <summary>About how wide a label of 11 pixels is.</summary>
    public static double WidthOf(string text) => text.Length * 6.1;

    private static string Title(string? title) => title is null ? "" : $"<title>{Encode(title)}</title>";

    private static string Encode(string text) => WebUtility.HtmlEncode(VisibleText.Line(text, 200));

    private void Add(FormattableString element) => _body.Append(element.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
