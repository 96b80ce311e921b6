using System.Text.RegularExpressions;
using k8s.Models;

namespace MalariaIncident.Sandbox.Kubernetes.Requests;

/// <summary>A label selector as the query string carries it: <c>app=x,tier!=y,env in (a,b),!z</c>.</summary>
internal sealed partial class LabelSelector
{
    private readonly List<Func<IReadOnlyDictionary<string, string>, bool>> _terms = [];

    public static readonly LabelSelector Everything = new();

    public bool Matches(IReadOnlyDictionary<string, string> labels) => _terms.TrueForAll(term => term(labels));

    public static LabelSelector Parse(string? text)
    {
        var selector = new LabelSelector();
        if (string.IsNullOrWhiteSpace(text)) return Everything;
        foreach (var part in Terms().Split(text).Select(part => part.Trim()).Where(part => part.Length > 0)) selector._terms.Add(Term(part, text));
        return selector;
    }

    public static bool Matches(IDictionary<string, string>? wanted, IReadOnlyDictionary<string, string> labels) =>
        wanted is { Count: > 0 } && wanted.All(pair => labels.TryGetValue(pair.Key, out var value) && value == pair.Value);

    public static bool Matches(V1LabelSelector selector, IReadOnlyDictionary<string, string> labels) =>
        Matches(selector.MatchLabels, labels) && (selector.MatchExpressions ?? []).All(expression => expression.OperatorProperty switch
        {
            "In" => labels.TryGetValue(expression.Key, out var value) && expression.Values.Contains(value),
            "NotIn" => !labels.TryGetValue(expression.Key, out var value) || !expression.Values.Contains(value),
            "Exists" => labels.ContainsKey(expression.Key),
            _ => !labels.ContainsKey(expression.Key),
        });

    private static Func<IReadOnlyDictionary<string, string>, bool> Term(string part, string whole)
    {
        if (SetTerm().Match(part) is { Success: true } set)
        {
            var (name, values) = (set.Groups["key"].Value, set.Groups["values"].Value.Split(',').Select(value => value.Trim()).ToHashSet(StringComparer.Ordinal));
            return set.Groups["not"].Success
                ? labels => !labels.TryGetValue(name, out var value) || !values.Contains(value)
                : labels => labels.TryGetValue(name, out var value) && values.Contains(value);
        }
        if (EqualityTerm().Match(part) is { Success: true } equality)
        {
            var (name, wanted) = (equality.Groups["key"].Value, equality.Groups["value"].Value);
            return equality.Groups["op"].Value == "!="
                ? labels => !labels.TryGetValue(name, out var value) || value != wanted
                : labels => labels.TryGetValue(name, out var value) && value == wanted;
        }
        if (ExistenceTerm().Match(part) is { Success: true } existence)
        {
            var name = existence.Groups["key"].Value;
            return existence.Groups["not"].Success ? labels => !labels.ContainsKey(name) : labels => labels.ContainsKey(name);
        }
        throw ApiException.BadRequest($"unable to parse requirement: found '{part}' in '{whole}', expected a label requirement");
    }

    // A comma inside parentheses separates values, not terms.
    [GeneratedRegex(@",(?![^()]*\))")]
    private static partial Regex Terms();
    [GeneratedRegex(@"^(?<key>[A-Za-z0-9][\w./-]*)\s+(?<not>not)?in\s+\((?<values>[^()]*)\)$")]
    private static partial Regex SetTerm();
    [GeneratedRegex(@"^(?<key>[A-Za-z0-9][\w./-]*)\s*(?<op>==|=|!=)\s*(?<value>[\w.-]*)$")]
    private static partial Regex EqualityTerm();
    [GeneratedRegex(@"^(?<not>!)?\s*(?<key>[A-Za-z0-9][\w./-]*)$")]
    private static partial Regex ExistenceTerm();
}
