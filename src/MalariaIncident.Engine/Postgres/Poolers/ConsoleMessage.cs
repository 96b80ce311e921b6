using System.Buffers.Binary;
using System.Text;

namespace MalariaIncident.Engine.Postgres.Poolers;

/// <summary>One message of the server.</summary>
internal sealed record ConsoleMessage(char Type, byte[] Body)
{
    private int _position;

    public int Number()
    {
        var number = BinaryPrimitives.ReadInt32BigEndian(Take(sizeof(int)));
        return number;
    }

    public short Short() => BinaryPrimitives.ReadInt16BigEndian(Take(sizeof(short)));

    public byte[] Rest() => Take(Body.Length - _position).ToArray();

    /// <summary>Text up to its closing zero.</summary>
    public string Text()
    {
        var length = Body.AsSpan(_position).IndexOf((byte)0);
        var text = Encoding.UTF8.GetString(Take(length < 0 ? Body.Length - _position : length));
        _position = Math.Min(_position + 1, Body.Length);
        return text;
    }

    /// <summary>A value of a row; null for NULL.</summary>
    public string? Value() => Number() is var length and >= 0 ? Encoding.UTF8.GetString(Take(length)) : null;

    /// <summary>Fields of an error by their letter.</summary>
    public Dictionary<char, string> Fields()
    {
        var fields = new Dictionary<char, string>();
        while (_position < Body.Length && Body[_position] != 0)
        {
            fields[(char)Take(1)[0]] = Text();
        }

        return fields;
    }

    public void Skip(int count) => Take(count);

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count < 0 || _position + count > Body.Length)
        {
            throw new InvalidDataException("a message is cut off");
        }

        var taken = Body.AsSpan(_position, count);
        _position += count;
        return taken;
    }
}
