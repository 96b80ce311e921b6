using System.Globalization;

namespace MalariaIncident.Engine.Environments;

/// <summary>Pods as an operator names them: <c>statefulset/postgres</c>, <c>service/postgres:5432</c>, <c>pod/postgres-0</c>, or a label selector <c>app=postgres</c>.</summary>
/// <param name="Kind">pod, service, statefulset, deployment; null for a label selector.</param>
/// <param name="Name">Name, or the selector.</param>
/// <param name="Port">Port inside the pods; null takes the usual one of whoever asks.</param>
internal sealed record PodTarget(string? Kind, string Name, int? Port)
{
    private static readonly Dictionary<string, string> Kinds = new(StringComparer.OrdinalIgnoreCase)
    {
        ["pod"] = "pod", ["pods"] = "pod", ["po"] = "pod",
        ["service"] = "service", ["services"] = "service", ["svc"] = "service",
        ["statefulset"] = "statefulset", ["statefulsets"] = "statefulset", ["sts"] = "statefulset",
        ["deployment"] = "deployment", ["deployments"] = "deployment", ["deploy"] = "deployment",
    };

    /// <summary>One pod was named, whatever it is; otherwise it has to be found among several.</summary>
    public bool IsOnePod => Kind == "pod";

    /// <summary>ArgumentInvalid.</summary>
    public static PodTarget Parse(string text)
    {
        var (named, port) = SplitPort(text);
        if (named.Split('/') is [var kind, { Length: > 0 } name] && Kinds.TryGetValue(kind, out var known))
        {
            return new(known, name, port);
        }

        // A label's key may have a prefix with a slash in it (app.kubernetes.io/name=postgres).
        return named.Contains('=', StringComparison.Ordinal) || named.Contains(" in ", StringComparison.Ordinal)
            ? new(null, named, port)
            : throw Invalid(text, "it names neither a kind nor labels");
    }

    public override string ToString() => Kind is null ? $"pods with {Name}" : $"{Kind}/{Name}";

    private static (string Named, int? Port) SplitPort(string text)
    {
        var colon = text.LastIndexOf(':');
        if (colon < 0)
        {
            return (text.Trim(), null);
        }

        return int.TryParse(text[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= 65535
            ? (text[..colon].Trim(), port)
            : throw Invalid(text, "what follows ':' is not a port");
    }

    private static IncidentException Invalid(string text, string why) => new(
        FailureKind.ArgumentInvalid,
        $"'{text}' does not name pods: {why}.",
        text,
        advice: "Write statefulset/postgres, service/postgres, deployment/pgbouncer, pod/postgres-0 or a label selector such as app=postgres; a port may follow, as in statefulset/postgres:5432.");
}
