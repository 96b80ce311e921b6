using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace MalariaIncident.Engine.Postgres.Connections;

/// <summary>
/// Connection strings that were typed with a password in them. What goes down a pipeline carries <c>session:…</c> in their place, which means something
/// in this process only: an object that is printed or saved gives nothing away.
/// </summary>
internal sealed class SessionSecrets
{
    private const string Scheme = "session:";
    private static readonly string[] References = ["env:", "file:", "secret:", "kube:", Scheme];

    private readonly ConcurrentDictionary<string, string> _known = new(StringComparer.Ordinal);

    public Scope Hide(Scope scope)
    {
        if (scope.ConnectionString is not { } text || References.Any(scheme => text.StartsWith(scheme, StringComparison.Ordinal)))
        {
            return scope;
        }

        var name = Scheme + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 6));
        _known[name] = text;
        return scope with { ConnectionString = name };
    }

    /// <summary>SecretUnavailable for a name of another process.</summary>
    public string Reveal(string value) =>
        !value.StartsWith(Scheme, StringComparison.Ordinal) ? value
        : _known.TryGetValue(value, out var text) ? text
        : throw new IncidentException(
            FailureKind.SecretUnavailable,
            "The connection string was typed in another session, and only that session knows it.",
            value,
            advice: "Name the database again with -ConnectionString, or by a reference (env:, file:, kube:) that works everywhere.");
}
