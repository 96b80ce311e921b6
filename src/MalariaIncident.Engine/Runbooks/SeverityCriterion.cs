using System.Globalization;
using System.Text.RegularExpressions;

namespace MalariaIncident.Engine.Runbooks;

/// <summary>One criterion as the runbook words it, and what it asks of the facts. One that asks for judgement never fires by itself.</summary>
internal sealed partial class SeverityCriterion
{
    private readonly Func<SeverityFacts, string?> _matches;

    private SeverityCriterion(string text, Func<SeverityFacts, string?> matches)
    {
        Text = text;
        _matches = matches;
    }

    public string Text { get; }

    /// <summary>Null where it does not fire; else the measured value, empty where there is none.</summary>
    public string? Matches(SeverityFacts facts) => _matches(facts);

    /// <summary>Null with the problem where a criterion speaks of a share that cannot be read.</summary>
    public static SeverityCriterion? TryRead(string text, out string? problem)
    {
        problem = null;
        if (text.Contains('%', StringComparison.Ordinal) && Share(text) is { } share)
        {
            if (Bounds.TryRead(text) is not { } bounds)
            {
                problem = "does not say which share";
                return null;
            }

            if (bounds.From > bounds.To || bounds.To > 100)
            {
                problem = "names a share that no value can have";
                return null;
            }

            return new SeverityCriterion(text, facts => share(facts) is { } value && bounds.Contain(value) ? string.Create(CultureInfo.InvariantCulture, $"{value:0.##} %") : null);
        }

        var fact = Fact(text);
        return new SeverityCriterion(text, facts => fact is not null && fact(facts) ? string.Empty : null);
    }

    private static Func<SeverityFacts, double?>? Share(string text) =>
        text.Contains("user", StringComparison.OrdinalIgnoreCase) ? facts => facts.UsersAffected
        : Performance().IsMatch(text) ? facts => facts.PerformanceDegradation
        : null;

    private static Func<SeverityFacts, bool>? Fact(string text)
    {
        bool Says(Regex words) => words.IsMatch(text);
        return Says(MajorFeature()) ? facts => facts.MajorFeatureUnavailable
            : Says(MinorFeature()) ? facts => facts.MinorFeature
            : Says(Component()) ? facts => facts.ComponentFailure
            : Says(Pipeline()) ? facts => facts.PipelineFailure
            : Says(Outage()) ? facts => facts.Outage
            : Says(DataLoss()) ? facts => facts.DataLoss
            : Says(Breach()) ? facts => facts.SecurityBreach
            : Says(Payment()) ? facts => facts.PaymentFailure
            : null;
    }

    [GeneratedRegex(@"degrad|performance|slower", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Performance();

    [GeneratedRegex(@"major feature", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex MajorFeature();

    [GeneratedRegex(@"minor feature", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex MinorFeature();

    [GeneratedRegex(@"(non-?critical|minor) component", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Component();

    [GeneratedRegex(@"pipeline", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Pipeline();

    [GeneratedRegex(@"outage|everything is down|system (is )?down", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Outage();

    [GeneratedRegex(@"data.*(loss|lost|corrupt)|(loss|corruption) of data", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex DataLoss();

    [GeneratedRegex(@"breach", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Breach();

    [GeneratedRegex(@"payment|billing", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Payment();

    /// <summary>From and to in percent. Nobody and nothing affected lies outside every "under".</summary>
    private sealed partial record Bounds(double From, bool FromIncluded, double To, bool ToIncluded)
    {
        public bool Contain(double value) => (value > From || (FromIncluded && value == From)) && (value < To || (ToIncluded && value == To));

        public static Bounds? TryRead(string text)
        {
            if (Range().Match(text) is { Success: true } range)
            {
                return new Bounds(Number(range, "from"), true, Number(range, "to"), true);
            }

            if (Single().Match(text) is not { Success: true } single)
            {
                return null;
            }

            var share = Number(single, "share");
            return AtMost().IsMatch(text) ? new Bounds(0, false, share, true)
                : AtLeast().IsMatch(text) ? new Bounds(share, true, 100, true)
                : Under().IsMatch(text) ? new Bounds(0, false, share, false)
                : Over().IsMatch(text) ? new Bounds(share, false, 100, true)
                : new Bounds(share, true, 100, true);
        }

        private static double Number(Match match, string group) => double.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture);

        [GeneratedRegex(@"(?<from>\d+(\.\d+)?)\s*%?\s*(-|–|—|to|and)\s*(?<to>\d+(\.\d+)?)\s*%", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
        private static partial Regex Range();

        [GeneratedRegex(@"(?<share>\d+(\.\d+)?)\s*%", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
        private static partial Regex Single();

        [GeneratedRegex(@"≤|<=|at most|up to|(no|not) more than", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
        private static partial Regex AtMost();

        [GeneratedRegex(@"≥|>=|at least|or more|or above|%\s*\+", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
        private static partial Regex AtLeast();

        [GeneratedRegex(@"<|less than|under|below|fewer than", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
        private static partial Regex Under();

        [GeneratedRegex(@">|more than|over|above", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
        private static partial Regex Over();
    }
}
