using System.Security.Cryptography;
using System.Text;

namespace MalariaIncident.Engine.Postgres.Poolers;

/// <summary>Lets us in: trust, a password, MD5 or SCRAM, whichever the pooler asks for.</summary>
internal sealed class ConsoleLogin(ConsoleWire wire, string user, string? password, string server, bool isPrivate)
{
    private const int Ok = 0, Cleartext = 3, Md5 = 5, Sasl = 10, SaslContinue = 11, SaslFinal = 12;
    private const byte Answer = (byte)'p';

    private ScramLogin? _scram;
    private bool _isProved;

    /// <summary>Answers one request. DatabaseUnauthenticated.</summary>
    public async Task AnswerAsync(ConsoleMessage request, CancellationToken stop)
    {
        switch (request.Number())
        {
            case Ok when _scram is null || _isProved:
                return;
            case Ok:
                throw Refused("lets us in without having shown that it knows the password: something else is answering there");
            case Cleartext:
                // A server that pretends to be the pooler would have it.
                await SendAsync(isPrivate ? Password() : throw Refused("asks for the password in clear text over a connection without TLS, and does not get it"), stop);
                return;
            case Md5:
                await SendAsync(HashOf(request.Rest()), stop);
                return;
            case Sasl:
                _scram = new(Password());
                await ContinueAsync(stop);
                return;
            case SaslContinue when _scram is not null:
                await wire.SendAsync(Answer, Encoding.UTF8.GetBytes(_scram.Final(Encoding.UTF8.GetString(request.Rest()))), stop);
                return;
            case SaslFinal when _scram is not null:
                if (!_scram.Proves(Encoding.UTF8.GetString(request.Rest())))
                {
                    throw Refused("does not know the password itself: something else is answering there");
                }

                _isProved = true;
                return;
            default:
                throw Refused("asks for a kind of login that is not spoken here (known are trust, password, md5 and scram-sha-256)");
        }
    }

    private Task ContinueAsync(CancellationToken stop)
    {
        var first = Encoding.UTF8.GetBytes(_scram!.First());
        var body = new MemoryStream();
        ConsoleWire.Text(body, ScramLogin.Mechanism);
        ConsoleWire.Number(body, first.Length);
        body.Write(first);
        return wire.SendAsync(Answer, body.ToArray(), stop);
    }

    private Task SendAsync(string secret, CancellationToken stop)
    {
        var body = new MemoryStream();
        ConsoleWire.Text(body, secret);
        return wire.SendAsync(Answer, body.ToArray(), stop);
    }

#pragma warning disable CA5351 // The protocol's own way, where the pooler is set up for it.
    private string HashOf(byte[] salt) => "md5" + Hash([.. Encoding.UTF8.GetBytes(Hash(Encoding.UTF8.GetBytes(Password() + user))), .. salt]);

    private static string Hash(byte[] bytes) => Convert.ToHexStringLower(MD5.HashData(bytes));
#pragma warning restore CA5351

    private string Password() => password ?? throw Refused($"asks for a password of '{user}', and none was given");

    private IncidentException Refused(string why) => new(
        FailureKind.DatabaseUnauthenticated, $"The console of {server} {why}.", server, advice: "Put user and password into the connection string of the console, or use a reference to a secret.");
}
