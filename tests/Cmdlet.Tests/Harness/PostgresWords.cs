using System.Buffers.Binary;
using System.Text;

namespace Cmdlet.Tests.Harness;

/// <summary>
/// The statements that a client sent to PostgreSQL, read from the wire (protocol 3, no TLS). A cancel request is none: it carries the secret of its own
/// connection and ends what that has asked, as a deadline does on a busy machine.
/// </summary>
internal static class PostgresWords
{
    private const int StartupHeader = 8;

    public static IEnumerable<string> Of(byte[] said)
    {
        // A connection begins with messages that have a length and no type: a request for TLS, the startup, or a cancel.
        var at = 0;
        while (at + StartupHeader <= said.Length && said[at] == 0)
        {
            at += BinaryPrimitives.ReadInt32BigEndian(said.AsSpan(at));
        }

        while (at + 5 <= said.Length)
        {
            var type = (char)said[at];
            var length = BinaryPrimitives.ReadInt32BigEndian(said.AsSpan(at + 1));
            var body = said.AsSpan(at + 5, Math.Min(length - 4, said.Length - at - 5));
            if (type == 'Q')
            {
                yield return Text(body);
            }
            else if (type == 'P')
            {
                yield return Text(body[(body.IndexOf((byte)0) + 1)..]);
            }

            at += 1 + length;
        }
    }

    private static string Text(ReadOnlySpan<byte> body)
    {
        var end = body.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? body : body[..end]).Trim();
    }
}
