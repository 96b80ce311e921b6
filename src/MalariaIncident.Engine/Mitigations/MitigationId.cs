using System.Security.Cryptography;

namespace MalariaIncident.Engine.Mitigations;

/// <summary>Ids that can be read aloud: <c>MIT-</c> and eight characters without I, L, O and U.</summary>
internal static class MitigationId
{
    private const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    public static string New() => "MIT-" + RandomNumberGenerator.GetString(Alphabet, 8);
}
