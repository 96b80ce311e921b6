namespace MalariaIncident.Engine.Incidents;

/// <summary>The severity that a declaration gets: the one set by hand, the one that the facts give, or urgent until someone knows more.</summary>
internal sealed record DeclaredSeverity(Severity Severity, IReadOnlyList<string> Criteria, SeverityPolicy Policy)
{
    /// <summary>Without a severity or a fact: nobody is to be refused at 3 a.m., and nothing unknown is to be waited out.</summary>
    private const Severity Unassessed = Severity.P1;

    public static async Task<DeclaredSeverity> DecideAsync(IRunbooks runbooks, IncidentDeclaration declaration, CancellationToken cancellationToken)
    {
        EnsurePercent(declaration.Facts.UsersAffected, "share of users affected");
        EnsurePercent(declaration.Facts.PerformanceDegradation, "performance degradation");
        if (declaration.Severity is null && declaration.Facts != new SeverityFacts())
        {
            var verdict = await runbooks.ResolveSeverityAsync(declaration.Facts, cancellationToken);
            return new DeclaredSeverity(verdict.Severity, verdict.Criteria, verdict.Policy);
        }

        var severity = declaration.Severity ?? Unassessed;
        if (!Enum.IsDefined(severity))
        {
            throw new IncidentException(FailureKind.ArgumentInvalid, $"There is no severity {severity}.", severity, advice: "Name one of P0, P1, P2, P3.");
        }

        var policies = await runbooks.GetPoliciesAsync(cancellationToken);
        var policy = policies.First(candidate => candidate.Severity == severity);
        return new DeclaredSeverity(severity, declaration.Severity is null ? [$"{severity}: impact not assessed yet; urgent until it is"] : [], policy);
    }

    public static void EnsurePercent(double? value, string what)
    {
        if (value is { } percent && !(percent is >= 0 and <= 100))
        {
            throw new IncidentException(FailureKind.ArgumentInvalid, $"The {what} is {percent:0.##} %; a share lies between 0 and 100 %.", percent);
        }
    }
}
