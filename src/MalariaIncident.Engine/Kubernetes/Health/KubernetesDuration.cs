namespace MalariaIncident.Engine.Kubernetes.Health;

/// <summary>Ages as the server's printers write them: <c>45s</c>, <c>4m12s</c>, <c>2d4h</c>, <c>3y</c>.</summary>
internal static class KubernetesDuration
{
    /// <summary>Null for <c>&lt;unknown&gt;</c>, <c>&lt;invalid&gt;</c> and whatever else it may print one day.</summary>
    public static TimeSpan? Parse(ReadOnlySpan<char> text)
    {
        double seconds = 0;
        long number = -1;
        foreach (char letter in text)
        {
            if (char.IsAsciiDigit(letter))
            {
                number = (Math.Max(number, 0) * 10) + (letter - '0');
                if (number > 1_000_000)
                {
                    return null;
                }

                continue;
            }

            double unit = letter switch { 's' => 1, 'm' => 60, 'h' => 3600, 'd' => 86400, 'y' => 365 * 86400d, _ => -1 };
            if (unit < 0 || number < 0)
            {
                return null;
            }

            seconds += number * unit;
            number = -1;
        }

        return text.Length == 0 || number >= 0 ? null : TimeSpan.FromSeconds(seconds);
    }
}
