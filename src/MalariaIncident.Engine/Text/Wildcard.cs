namespace MalariaIncident.Engine.Text;

/// <summary>
/// PowerShell's wildcards, case ignored, for an engine that does not know PowerShell: * and ?, sets and ranges ([ab], [0-9]), and the backtick that takes the next character as it is. A test holds
/// it against PowerShell's own.
/// </summary>
internal sealed class Wildcard
{
    private const char Escape = '`';

    private readonly string _pattern;
    private readonly List<Part> _parts = [];

    /// <summary>ArgumentInvalid where a bracket is not closed, or a range runs backwards.</summary>
    public Wildcard(string pattern)
    {
        _pattern = pattern;
        for (var at = 0; at < pattern.Length; at++)
        {
            switch (pattern[at])
            {
                case '*':
                    _parts.Add(Part.Any);
                    break;
                case '?':
                    _parts.Add(Part.One);
                    break;
                case '[':
                    _parts.Add(new Part(PartKind.Set, Set: SetAt(ref at)));
                    break;
                // A pattern that is nothing but a backtick is empty for PowerShell; at the end of a longer one it stands for itself.
                case Escape when pattern.Length == 1:
                    break;
                case Escape when at + 1 < pattern.Length:
                    _parts.Add(new Part(PartKind.Character, Folded(pattern[++at])));
                    break;
                default:
                    _parts.Add(new Part(PartKind.Character, Folded(pattern[at])));
                    break;
            }
        }
    }

    private enum PartKind
    {
        Character,
        One,
        Any,
        Set,
    }

    /// <summary>Fits wherever the text stands, as it is.</summary>
    public static Wildcard Anywhere(string text) => new($"*{string.Concat(text.Select(character => $"{Escape}{character}"))}*");

    /// <summary>True where a text means more than the one name that it spells.</summary>
    public static bool IsPattern(string text)
    {
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] is '*' or '?' or '[' or ']')
            {
                return true;
            }

            at += text[at] == Escape ? 1 : 0;
        }

        return false;
    }

    /// <summary>For a name here and there; many are held against one <see cref="Wildcard"/>.</summary>
    public static bool Matches(string pattern, string name) => new Wildcard(pattern).Matches(name);

    /// <summary>Goes back to the last * only: the time is at most the product of both lengths, whatever a pattern says.</summary>
    public bool Matches(ReadOnlySpan<char> text)
    {
        var (part, at, afterStar, takenByStar) = (0, 0, -1, 0);
        while (at < text.Length)
        {
            if (part < _parts.Count && _parts[part].Kind == PartKind.Any)
            {
                afterStar = ++part;
                takenByStar = at;
            }
            else if (part < _parts.Count && _parts[part].Fits(text[at]))
            {
                part++;
                at++;
            }
            else if (afterStar >= 0)
            {
                part = afterStar;
                at = ++takenByStar;
            }
            else
            {
                return false;
            }
        }

        while (part < _parts.Count && _parts[part].Kind == PartKind.Any)
        {
            part++;
        }

        return part == _parts.Count;
    }

    /// <summary>What stands between the brackets; leaves <paramref name="at"/> on the closing one. A ] that comes first is one of the set.</summary>
    private List<(char First, char Last)> SetAt(ref int at)
    {
        var members = new List<(char Character, bool IsHyphen)>();
        var start = ++at;
        for (; at < _pattern.Length && (_pattern[at] != ']' || at == start); at++)
        {
            var isEscaped = _pattern[at] == Escape;
            at += isEscaped ? 1 : 0;
            if (at < _pattern.Length)
            {
                members.Add((_pattern[at], _pattern[at] == '-' && !isEscaped));
            }
        }

        return at < _pattern.Length ? Ranges(members) : throw Invalid("a [ in it has no ]");
    }

    private List<(char First, char Last)> Ranges(List<(char Character, bool IsHyphen)> members)
    {
        var ranges = new List<(char, char)>();
        for (var at = 0; at < members.Count; at++)
        {
            var first = members[at].Character;
            if (at + 2 < members.Count && members[at + 1].IsHyphen)
            {
                at += 2;
            }

            var last = members[at].Character;
            ranges.Add(first <= last ? (first, last) : throw Invalid($"the range {first}-{last} runs backwards"));
        }

        return ranges;
    }

    private IncidentException Invalid(string why) => new(
        FailureKind.ArgumentInvalid, $"The wildcard '{PlainText.OneLine(_pattern, 200)}' means nothing: {why}.", _pattern, advice: "Where brackets are part of a name, put a backtick before them: '`[all`]'.");

    private static char Folded(char character) => char.ToLowerInvariant(character);

    private readonly record struct Part(PartKind Kind, char Character = default, List<(char First, char Last)>? Set = null)
    {
        public static Part Any => new(PartKind.Any);

        public static Part One => new(PartKind.One);

        public bool Fits(char character) => Kind switch
        {
            PartKind.Character => Character == Folded(character),
            PartKind.One => true,
            _ => Holds(character) || Holds(Folded(character)) || Holds(char.ToUpperInvariant(character)),
        };

        private bool Holds(char character)
        {
            foreach (var (first, last) in Set!)
            {
                if (first <= character && character <= last)
                {
                    return true;
                }
            }

            return false;
        }
    }
}
