using System.Buffers.Text;

namespace MalariaIncident.Engine.Kubernetes.Logs;

/// <summary>The node's time in front of a line, as <c>timestamps=true</c> makes the server write it.</summary>
internal static class StampedLine
{
    private const int ShortestStamp = 20;

    /// <summary>Takes the stamp off; null where there is none, and then the text is the whole line.</summary>
    public static DateTimeOffset? Take(ReadOnlySpan<byte> line, out ReadOnlySpan<byte> text)
    {
        var space = line.Length < ShortestStamp ? -1 : line[..Math.Min(line.Length, 40)].IndexOf((byte)' ');
        var stamp = space > 0 ? line[..space] : line;
        if (stamp.Length is < ShortestStamp or > 36 || !Parse(stamp, out var time))
        {
            text = line;
            return null;
        }

        text = space > 0 ? line[(space + 1)..] : [];
        return time;
    }

    private static bool Parse(ReadOnlySpan<byte> stamp, out DateTimeOffset time)
    {
        time = default;
        if (!Number(stamp[..4], out var year) || !Number(stamp[5..7], out var month) || !Number(stamp[8..10], out var day)
            || !Number(stamp[11..13], out var hour) || !Number(stamp[14..16], out var minute) || !Number(stamp[17..19], out var second)
            || stamp[4] != '-' || stamp[7] != '-' || stamp[10] != 'T' || stamp[13] != ':' || stamp[16] != ':'
            || year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month) || hour > 23 || minute > 59 || second > 59)
        {
            return false;
        }

        long ticks = 0;
        var rest = stamp[19..];
        if (rest[0] == '.')
        {
            var length = rest[1..].IndexOfAnyExceptInRange((byte)'0', (byte)'9');
            if (length is < 1 or > 9)
            {
                return false;
            }

            var unit = TimeSpan.TicksPerSecond;
            foreach (var digit in rest.Slice(1, Math.Min(length, 7)))
            {
                unit /= 10;
                ticks += (digit - '0') * unit;
            }

            rest = rest[(length + 1)..];
        }

        if (!Offset(rest, out var offset))
        {
            return false;
        }

        time = new DateTimeOffset(new DateTime(year, month, day, hour, minute, second, DateTimeKind.Utc).AddTicks(ticks) - offset, TimeSpan.Zero);
        return true;
    }

    private static bool Offset(ReadOnlySpan<byte> zone, out TimeSpan offset)
    {
        offset = default;
        if (zone.Length == 1 && zone[0] == 'Z')
        {
            return true;
        }

        if (zone.Length != 6 || zone[0] is not ((byte)'+' or (byte)'-') || !Number(zone[1..3], out var hours) || !Number(zone[4..], out var minutes))
        {
            return false;
        }

        offset = new TimeSpan(hours, minutes, 0) * (zone[0] == '-' ? -1 : 1);
        return true;
    }

    private static bool Number(ReadOnlySpan<byte> digits, out int number) => Utf8Parser.TryParse(digits, out number, out var used) && used == digits.Length && digits[0] != '-';
}
