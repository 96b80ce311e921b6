namespace MalariaIncident.Engine.Kubernetes.Logs;

/// <summary>
/// How far a log was read, so that it can be opened again with no line lost and none told twice. The server can be asked for a second only, and many lines may carry one time: a line is known by its
/// time and by being the so manieth with it, and one that was cut off by how much of it has come.
/// </summary>
internal sealed class LogPlace
{
    private Position _at;
    private Position? _goal;
    private bool _hasMetGoal;

    /// <summary>Time of the line that is read; null before the first.</summary>
    public DateTimeOffset? Time => _at.Time;

    /// <summary>True where something of the log was read.</summary>
    public bool HasBegun => _goal is not null || _at.Time is not null;

    /// <summary>True while a line has begun and not ended.</summary>
    public bool IsInLine => _at.IsInLine;

    /// <summary>True from the first new thing that an opened log has told.</summary>
    public bool HasAdvanced { get; private set; }

    /// <summary>Set where the line that was read last was not there any more when the log was opened again: what came after it may be gone with it.</summary>
    public bool IsTorn { get; set; }

    /// <summary>The log is opened (again): says from when it has to be read; null for a log that nothing was read of.</summary>
    public DateTimeOffset? Open()
    {
        // Cut again before it had come back to where it was, it is still to come to there.
        _goal ??= _at.Time is null ? null : _at;
        _at = default;
        (_hasMetGoal, HasAdvanced) = (false, false);
        return _goal?.Time;
    }

    /// <summary>One more line, or piece of one: where what is new in it begins; null where nothing is.</summary>
    /// <param name="time">Its time; null for a further piece.</param>
    /// <param name="length">Its bytes.</param>
    /// <param name="ends">True when the line ends with it.</param>
    public int? Advance(DateTimeOffset? time, int length, bool ends)
    {
        var begins = _at.IsInLine ? _at.Length : 0;
        _at = _at.IsInLine
            ? _at with { Length = begins + length, IsInLine = !ends }
            : new Position(time ?? _at.Time, time is null || time == _at.Time ? _at.Ordinal + 1 : 1, length, !ends);
        var known = Known(begins);
        HasAdvanced |= known is null || known < length;
        return known is null ? 0 : known < length ? (int)known : null;
    }

    /// <summary>How many bytes of the piece were told before; null where the place was passed.</summary>
    private long? Known(long begins)
    {
        if (_goal is not { } goal)
        {
            return null;
        }

        var order = (_at.Time ?? DateTimeOffset.MinValue).CompareTo(goal.Time!.Value) is var byTime && byTime != 0 ? byTime : _at.Ordinal.CompareTo(goal.Ordinal);
        if (order < 0)
        {
            return long.MaxValue;
        }

        if (order > 0)
        {
            IsTorn |= !_hasMetGoal;
            _goal = null;
            return null;
        }

        _hasMetGoal = true;
        _goal = _at.IsInLine ? _goal : null;
        return goal.IsInLine ? Math.Max(0, goal.Length - begins) : long.MaxValue;
    }

    private readonly record struct Position(DateTimeOffset? Time, int Ordinal, long Length, bool IsInLine);
}
