using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace MalariaIncident.Engine.Postgres.Poolers;

/// <summary>SCRAM-SHA-256 (RFC 5802, 7677) without channel binding, which PgBouncer does not offer.</summary>
internal sealed class ScramLogin(string password)
{
    public const string Mechanism = "SCRAM-SHA-256";

    private const int MostIterations = 1_000_000;
    private const string NoBinding = "n,,";

    private readonly string _nonce = Convert.ToBase64String(RandomNumberGenerator.GetBytes(18));
    private byte[] _expected = [];

    private string FirstBare => $"n=,r={_nonce}";

    public string First() => NoBinding + FirstBare;

    public string Final(string serverFirst)
    {
        var parts = Parts(serverFirst);
        var nonce = parts.GetValueOrDefault('r', "");
        if (!nonce.StartsWith(_nonce, StringComparison.Ordinal) || nonce.Length == _nonce.Length
            || !int.TryParse(parts.GetValueOrDefault('i'), NumberStyles.None, CultureInfo.InvariantCulture, out var iterations) || iterations is < 1 or > MostIterations)
        {
            throw new InvalidDataException("its SCRAM challenge makes no sense");
        }

        var salted = Rfc2898DeriveBytes.Pbkdf2(
            Encoding.UTF8.GetBytes(password.Normalize(NormalizationForm.FormKC)), Convert.FromBase64String(parts.GetValueOrDefault('s', "")), iterations, HashAlgorithmName.SHA256, 32);
        var withoutProof = $"c={Convert.ToBase64String(Encoding.UTF8.GetBytes(NoBinding))},r={nonce}";
        var said = Encoding.UTF8.GetBytes($"{FirstBare},{serverFirst},{withoutProof}");
        var key = HMACSHA256.HashData(salted, "Client Key"u8);
        var signature = HMACSHA256.HashData(SHA256.HashData(key), said);
        _expected = HMACSHA256.HashData(HMACSHA256.HashData(salted, "Server Key"u8), said);
        return $"{withoutProof},p={Convert.ToBase64String([.. key.Zip(signature, (one, other) => (byte)(one ^ other))])}";
    }

    /// <summary>False where the server does not know the password itself.</summary>
    public bool Proves(string serverFinal) =>
        Parts(serverFinal).TryGetValue('v', out var proof) && CryptographicOperations.FixedTimeEquals(Convert.FromBase64String(proof), _expected);

    private static Dictionary<char, string> Parts(string message) => message.Split(',').Where(part => part.Length > 2 && part[1] == '=')
        .GroupBy(part => part[0]).ToDictionary(group => group.Key, group => group.First()[2..]);
}
