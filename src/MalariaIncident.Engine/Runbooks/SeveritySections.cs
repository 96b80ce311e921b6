using System.Globalization;
using System.Text.RegularExpressions;
using Markdig;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace MalariaIncident.Engine.Runbooks;

/// <summary>One severity of the runbook with the rules that its criteria are.</summary>
internal sealed record SeveritySection(SeverityPolicy Policy, IReadOnlyList<SeverityCriterion> Rules);

/// <summary>
/// Reads the severities out of a Markdown runbook: a heading with the severity's code (<c>Critical (P0)</c>), below it a list
/// with Response Time, Resolution Target, Escalation and, if wanted, Approval, and a list of criteria under the word Criteria.
/// </summary>
internal static partial class SeveritySections
{
    /// <summary>RunbookInvalid names line and heading.</summary>
    public static IReadOnlyList<SeveritySection> Parse(string markdown, string source)
    {
        var sections = new Dictionary<Severity, SeveritySection>();
        Draft? draft = null;
        foreach (var block in Markdown.Parse(markdown))
        {
            if (block is HeadingBlock heading)
            {
                if (draft is not null && heading.Level <= draft.Level)
                {
                    Finish(draft);
                    draft = null;
                }

                if (Code().Match(TextOf(heading.Inline)) is { Success: true } match)
                {
                    draft = new Draft(source, TextOf(heading.Inline), heading.Level, heading.Line + 1, Enum.Parse<Severity>(match.Value));
                }
            }
            else
            {
                draft?.Read(block);
            }
        }

        if (draft is not null)
        {
            Finish(draft);
        }

        var missing = Enum.GetValues<Severity>().Where(severity => !sections.ContainsKey(severity)).ToList();
        return missing.Count == 0
            ? [.. sections.Values.OrderBy(section => section.Policy.Severity)]
            : throw new IncidentException(
                FailureKind.RunbookInvalid,
                $"{source}: no heading names {string.Join(", ", missing)}.",
                source,
                advice: "Give every severity a heading with its code, for example: #### High (P1).");

        void Finish(Draft finished)
        {
            if (!sections.TryAdd(finished.Severity, finished.Finish()))
            {
                throw finished.Invalid(finished.Line, $"a second heading names {finished.Severity}", "Keep one section for each severity.");
            }
        }
    }

    private static string TextOf(ContainerInline? inline) => inline is null
        ? string.Empty
        : string.Concat(inline.Descendants().Select(part => part switch
        {
            LiteralInline literal => literal.Content.ToString(),
            CodeInline code => code.Content,
            HtmlEntityInline entity => entity.Transcoded.ToString(),
            LineBreakInline => " ",
            _ => string.Empty,
        }));

    [GeneratedRegex(@"\bP[0-3]\b", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Code();

    [GeneratedRegex(@"^(?<count>\d+(\.\d+)?)\s*(?<unit>m|min|mins|minute|minutes|h|hour|hours|d|day|days|w|week|weeks)\b", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex Span();

    private sealed class Draft(string source, string heading, int level, int line, Severity severity)
    {
        private readonly List<(string Text, int Line)> _criteria = [];
        private TimeSpan? _response;
        private TimeSpan? _resolution;
        private TimeSpan? _escalation;
        private bool _escalationSaid;
        private bool _approval;
        private bool _inCriteria;

        public int Level => level;
        public int Line => line;
        public Severity Severity => severity;

        public void Read(Block block)
        {
            switch (block)
            {
                case ParagraphBlock paragraph:
                    _inCriteria = TextOf(paragraph.Inline).TrimStart().StartsWith("Criteria", StringComparison.OrdinalIgnoreCase);
                    break;
                case ListBlock list:
                    foreach (var item in list.OfType<ListItemBlock>())
                    {
                        Read(item);
                    }

                    _inCriteria = false;
                    break;
            }
        }

        public SeveritySection Finish()
        {
            if (_response is null || _resolution is null)
            {
                throw Invalid(line, $"{(_response is null ? "the response time" : "the resolution target")} is missing", "Add a list item, for example: - **Response Time**: 15 minutes.");
            }

            if (!_escalationSaid)
            {
                throw Invalid(line, "the escalation is missing", "Add a list item, for example: - **Escalation**: 2 hours if unresolved.");
            }

            if (_criteria.Count == 0)
            {
                throw Invalid(line, "there are no criteria", "Add the line Criteria: and a list below it.");
            }

            var code = heading.IndexOf(severity.ToString(), StringComparison.Ordinal);
            var name = heading[..code].Trim(' ', '(', '-', ':');
            var policy = new SeverityPolicy
            {
                Severity = severity,
                Name = name.Length > 0 ? name : severity.ToString(),
                ResponseTime = _response.Value,
                ResolutionTarget = _resolution.Value,
                EscalateAfter = _escalation,
                ApprovalRequired = _approval,
                Criteria = [.. _criteria.Select(criterion => criterion.Text)],
            };
            return new SeveritySection(policy, [.. _criteria.Select(criterion => Rule(criterion.Text, criterion.Line))]);
        }

        public IncidentException Invalid(int where, string what, string advice) => new(
            FailureKind.RunbookInvalid, string.Create(CultureInfo.InvariantCulture, $"{source}, line {where}, under '{heading}': {what}."), source, advice: advice);

        private SeverityCriterion Rule(string text, int where) => SeverityCriterion.TryRead(text, out var problem) is { } rule
            ? rule
            : throw Invalid(where, $"the criterion '{text}' {problem}", "Write it like: 25–50 % of users affected, or: performance degradation over 50 %.");

        private void Read(ListItemBlock item)
        {
            var text = TextOf(item.OfType<ParagraphBlock>().FirstOrDefault()?.Inline).Trim();
            if (_inCriteria)
            {
                if (text.Length > 0)
                {
                    _criteria.Add((text, item.Line + 1));
                }

                return;
            }

            var parts = text.Split(':', 2, StringSplitOptions.TrimEntries);
            if (parts.Length < 2)
            {
                return;
            }

            switch (parts[0].ToUpperInvariant())
            {
                case "RESPONSE TIME":
                    _response = Duration(parts[1], item);
                    break;
                case "RESOLUTION TARGET":
                    _resolution = Duration(parts[1], item);
                    break;
                case "ESCALATION":
                    _escalationSaid = true;
                    _escalation = Escalation(parts[1], item);
                    break;
                case "APPROVAL":
                    _approval = Approval(parts[1], item);
                    break;
            }
        }

        /// <summary>A slip here must not let a change through, so only two wordings are understood.</summary>
        private bool Approval(string text, ListItemBlock item)
            => text.StartsWith("second person", StringComparison.OrdinalIgnoreCase)
                || (text.StartsWith("none", StringComparison.OrdinalIgnoreCase)
                    ? false
                    : throw Invalid(item.Line + 1, $"'{text}' is not a kind of approval", "Write 'second person' where every change needs one, or 'none'."));

        private TimeSpan? Escalation(string text, ListItemBlock item)
        {
            if (text.StartsWith("immediate", StringComparison.OrdinalIgnoreCase) || text.StartsWith("at once", StringComparison.OrdinalIgnoreCase))
            {
                return TimeSpan.Zero;
            }

            return text.Contains("as needed", StringComparison.OrdinalIgnoreCase) || text.StartsWith("when needed", StringComparison.OrdinalIgnoreCase) ? null : Duration(text, item);
        }

        private TimeSpan Duration(string text, ListItemBlock item)
        {
            var after = text.StartsWith("after ", StringComparison.OrdinalIgnoreCase) ? text[6..] : text;
            var match = Span().Match(after);
            var count = match.Success ? double.Parse(match.Groups["count"].Value, CultureInfo.InvariantCulture) : 0;
            if (count is <= 0 or > 10_000)
            {
                throw Invalid(item.Line + 1, $"'{text}' is not a time", "Write a number and a unit: 15 minutes, 4 hours, 7 days.");
            }

            return char.ToLowerInvariant(match.Groups["unit"].Value[0]) switch
            {
                'm' => TimeSpan.FromMinutes(count),
                'h' => TimeSpan.FromHours(count),
                'd' => TimeSpan.FromDays(count),
                _ => TimeSpan.FromDays(7 * count),
            };
        }
    }
}
