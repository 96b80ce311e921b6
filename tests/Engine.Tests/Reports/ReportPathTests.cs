using MalariaIncident;
using MalariaIncident.Engine.Reports;

namespace Engine.Tests.Reports;

/// <summary>faults.md, "Input": <c>../</c>, NUL, CON and 300 characters in a file name stay inside the folder.</summary>
public sealed class ReportPathTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("report-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("Prediction API returns 500", "INC-2026-0042-prediction-api-returns-500")]
    [InlineData("../../etc/passwd", "INC-2026-0042-etc-passwd")]
    [InlineData("a\0b", "INC-2026-0042-a-b")]
    [InlineData("CON", "INC-2026-0042-con")]
    [InlineData("Déjà vu — Übergröße", "INC-2026-0042-deja-vu-ubergro-e")]
    [InlineData("انقطاع 🦟", "INC-2026-0042")]
    [InlineData("cut \uD83D here", "INC-2026-0042-cut-here")]
    [InlineData("C:\\Windows\\x.exe:stream", "INC-2026-0042-c-windows-x-exe-stream")]
    public void Fault_a_title_cannot_leave_the_folder(string title, string expected)
    {
        Assert.Equal(expected, ReportPath.Name(Incident(title)));
        var (_, path) = Assert.Single(ReportPath.Of(Incident(title), [ReportFormat.Html], _folder));
        Assert.Equal(_folder, Path.GetDirectoryName(path));
    }

    [Fact]
    public void Fault_300_characters_are_cut() => Assert.InRange(ReportPath.Name(Incident(new string('x', 300))).Length, 20, 80);

    [Fact]
    public void A_folder_gets_a_file_per_format_and_a_file_gets_its_siblings()
    {
        ReportFormat[] all = [ReportFormat.Markdown, ReportFormat.Html, ReportFormat.Json];
        Assert.Equal([".md", ".html", ".json"], ReportPath.Of(Incident("t"), all, Path.Combine(_folder, "new")).Select(place => Path.GetExtension(place.Path)));
        Assert.Equal(
            [Path.Combine(_folder, "r.md"), Path.Combine(_folder, "r.HTML")],
            ReportPath.Of(Incident("t"), [ReportFormat.Markdown, ReportFormat.Html], Path.Combine(_folder, "r.HTML")).Select(place => place.Path));
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("a\0b")]
    [InlineData("report.json")]
    public void What_cannot_be_a_path_for_the_format_is_refused(string path)
    {
        var failure = Assert.Throws<IncidentException>(() => ReportPath.Of(Incident("t"), [ReportFormat.Html], path));
        Assert.Equal(FailureKind.PathInvalid, failure.Kind);
        Assert.DoesNotContain('\0', failure.Message);
    }

    [Fact]
    public async Task An_existing_file_is_kept_unless_told_otherwise_and_nothing_is_half_done()
    {
        var (first, second) = (Path.Combine(_folder, "a.md"), Path.Combine(_folder, "a.html"));
        await File.WriteAllTextAsync(second, "old");
        var failure = await Assert.ThrowsAsync<IncidentException>(() => ReportFiles.WriteAsync([(first, "new"), (second, "new")], overwrite: false, CancellationToken.None));
        Assert.Equal(FailureKind.PathInvalid, failure.Kind);
        Assert.Contains("-Force", failure.Advice, StringComparison.Ordinal);
        Assert.Equal(["a.html"], Directory.GetFiles(_folder).Select(Path.GetFileName));

        await ReportFiles.WriteAsync([(first, "new"), (second, "new")], overwrite: true, CancellationToken.None);
        Assert.Equal("new", await File.ReadAllTextAsync(second));
        Assert.Equal(2, Directory.GetFiles(_folder).Length);
    }

    [Fact]
    public async Task A_place_that_cannot_be_written_is_said_with_the_reason()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "file"), "");
        var failure = await Assert.ThrowsAsync<IncidentException>(
            () => ReportFiles.WriteAsync([(Path.Combine(_folder, "file", "r.md"), "new")], overwrite: false, CancellationToken.None));
        Assert.Equal(FailureKind.PathInvalid, failure.Kind);
    }

    private static Incident Incident(string title) => SampleIncident.Facts(title).Incident;
}
