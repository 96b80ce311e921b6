using System.Reflection;

namespace MalariaIncident.Engine.Runbooks;

/// <summary>The team's runbook where <c>MALARIA_INCIDENT_RUNBOOK</c> names one, else the one that ships with the module.</summary>
internal sealed class RunbookDocument(Func<string, string?> variable) : IRunbooks
{
    public const string Variable = "MALARIA_INCIDENT_RUNBOOK";
    private const string Shipped = "default-runbook.md";
    private const long LongestFile = 4 * 1024 * 1024;

    public async Task<IReadOnlyList<SeverityPolicy>> GetPoliciesAsync(CancellationToken cancellationToken) =>
        [.. (await ReadAsync(cancellationToken)).Select(section => section.Policy)];

    public async Task<SeverityVerdict> ResolveSeverityAsync(SeverityFacts facts, CancellationToken cancellationToken)
    {
        EnsurePercent(facts.UsersAffected, "share of users affected");
        EnsurePercent(facts.PerformanceDegradation, "performance degradation");
        var sections = await ReadAsync(cancellationToken);
        var fired = sections
            .SelectMany(section => section.Rules.Select(rule => (Section: section, Evidence: rule.Matches(facts), rule.Text)))
            .Where(match => match.Evidence is not null)
            .ToList();
        var deciding = fired.Count > 0 ? fired[0].Section : sections[^1];
        return new SeverityVerdict
        {
            Severity = deciding.Policy.Severity,
            Criteria = [.. fired.Select(match => $"{match.Section.Policy.Severity}: {match.Text}{(match.Evidence!.Length == 0 ? string.Empty : $" ({match.Evidence})")}")],
            Policy = deciding.Policy,
        };
    }

    internal static string ShippedText()
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(Shipped)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    /// <summary>Highest severity first.</summary>
    private async Task<IReadOnlyList<SeveritySection>> ReadAsync(CancellationToken cancellationToken)
    {
        var named = variable(Variable);
        if (string.IsNullOrWhiteSpace(named))
        {
            return SeveritySections.Parse(ShippedText(), Shipped);
        }

        var path = Path.GetFullPath(named);
        try
        {
            if (new FileInfo(path).Length > LongestFile)
            {
                throw new IncidentException(FailureKind.RunbookInvalid, $"The runbook {path} is longer than 4 MB.", path, advice: $"Name the runbook document itself in {Variable}.");
            }

            return SeveritySections.Parse(await File.ReadAllTextAsync(path, cancellationToken), path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new IncidentException(
                FailureKind.RunbookInvalid, $"The runbook {path} cannot be read: {failure.Message}", path, advice: $"Correct {Variable}, or unset it to use the runbook that ships with the module.");
        }
    }

    private static void EnsurePercent(double? value, string what)
    {
        if (value is { } percent && !(percent is >= 0 and <= 100))
        {
            throw new IncidentException(FailureKind.ArgumentInvalid, $"The {what} is {percent:0.##} %; a share lies between 0 and 100 %.", percent);
        }
    }
}
