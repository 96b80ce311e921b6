using MalariaIncident.Engine.Text;

namespace MalariaIncident.Engine.Reports.Figures;

/// <summary>
/// The course of the incident in lanes: who was affected, the turns, what was looked at, what was changed, what the verification
/// said. Marks differ in shape as well as in colour.
/// </summary>
internal sealed class TimelineFigure
{
    private const double Width = 960;
    private const double Left = 128;
    private const double Right = 944;
    private const double Top = 34;
    private const int MaximumMitigations = 10;

    private readonly ReportFacts _facts;
    private readonly TimeAxis _axis;
    private readonly Svg _svg = new();
    private double _y = Top;

    private TimelineFigure(ReportFacts facts)
    {
        _facts = facts;
        var (from, to) = Range(facts);
        _axis = new TimeAxis(from, to, Left, Right);
    }

    public static string Draw(ReportFacts facts) => new TimelineFigure(facts).Draw();

    private string Draw()
    {
        // The grid is drawn first, to lie behind, and so the height has to be known before the lanes are.
        var turns = LabelRows(Milestone.Of(_facts).Where(turn => _axis.Shows(turn.Time)));
        var mitigations = _facts.Mitigations.Where(one => _axis.Shows(one.IntendedAt)).Take(MaximumMitigations).ToList();
        var looked = _facts.Events.Any(entry => entry.Kind is EventKind.Checked or EventKind.Note or EventKind.MessageSent);
        var verified = _facts.Events.Where(entry => entry.Kind == EventKind.Verified && _axis.Shows(entry.Time)).ToList();
        var bottom = Top + 38 + TurnsHeight(turns) + (looked ? 34 : 0) + Math.Max(mitigations.Count, 0) * 26 + (mitigations.Count > 0 ? 12 : 0) + (verified.Count > 0 ? 34 : 0);
        Grid(bottom);
        Affected();
        Turns(turns);
        if (looked)
        {
            Looked();
        }

        Mitigated(mitigations);
        if (verified.Count > 0)
        {
            Verified(verified);
        }

        return _svg.Finish(Width, bottom + 30, $"Course of {_facts.Incident.Id}", Describe(turns, mitigations.Count));
    }

    private void Grid(double bottom)
    {
        foreach (var (x, label) in _axis.Ticks())
        {
            _svg.Line("grid", x, Top - 6, x, bottom);
            _svg.Text("tick", x, bottom + 18, label, "middle");
        }

        _svg.Line("base", Left, bottom, Right, bottom);
        Target("respond by", _facts.Incident.RespondBy, bottom);
        Target("resolve by", _facts.Incident.ResolveBy, bottom);
    }

    private void Target(string what, DateTimeOffset? time, double bottom)
    {
        if (time is { } target && _axis.Shows(target))
        {
            var x = _axis.At(target);
            _svg.Line("target", x, Top - 10, x, bottom);
            _svg.Text("target-label", x > Right - 70 ? Right : x, Top - 15, $"{what} {target.UtcDateTime:HH:mm}", x > Right - 70 ? "end" : "middle");
        }
    }

    private void Affected()
    {
        var incident = _facts.Incident;
        var (began, declared, end) = (_axis.At(incident.StartedAt), _axis.At(incident.DeclaredAt), _axis.At(incident.ResolvedAt ?? _facts.WrittenAt));
        Lane("Users affected", _y + 14);
        if (declared - began > 1)
        {
            _svg.Bar("unseen", began, _y, declared - began, 20, $"not yet detected: {Durations.Words(incident.DeclaredAt - incident.StartedAt)}");
        }

        _svg.Bar("affected", declared, _y, end - declared, 20, "users affected");
        var total = Durations.Words(_facts.Metrics[^1].Duration!.Value);
        if (end - declared > Svg.WidthOf(total) + 12)
        {
            _svg.Text("in-bar", declared + 8, _y + 14, total);
        }

        if (incident.ResolvedAt is not null && Right - end > 6)
        {
            _svg.Bar("served", end, _y, Right - end, 20, "served again");
        }

        _y += 38;
    }

    private void Turns(IReadOnlyList<(Milestone Turn, int Row)> turns)
    {
        var line = _y + TurnsHeight(turns) - 18;
        Lane("Course", line + 4);
        _svg.Line("lane", Left, line, Right, line);
        foreach (var (turn, row) in turns)
        {
            var x = _axis.At(turn.Time);
            var y = line - 14 - row * 15;
            if (row > 0)
            {
                _svg.Line("leader", x, y + 4, x, line - 6);
            }

            _svg.Text("label", LabelLeft(x, turn.Label), y, turn.Label);
            _svg.Diamond(turn.Mark, x, line, $"{turn.Label} {Durations.Time(turn.Time)} UTC");
        }

        _y += TurnsHeight(turns);
    }

    private void Looked()
    {
        Lane("Evidence, notes", _y + 16);
        _svg.Line("lane", Left, _y + 12, Right, _y + 12);
        foreach (var entry in _facts.Events.Where(entry => entry.Kind is EventKind.Checked or EventKind.Note or EventKind.MessageSent && _axis.Shows(entry.Time)).Take(400))
        {
            _svg.Dot(entry.Kind == EventKind.Checked ? "looked" : "noted", _axis.At(entry.Time), _y + 12, 4, $"{entry.Time.UtcDateTime:HH:mm:ss} {entry.Text}");
        }

        _y += 34;
    }

    private void Mitigated(List<Mitigation> mitigations)
    {
        foreach (var (mitigation, index) in mitigations.Select((one, index) => (one, index)))
        {
            if (index == 0)
            {
                Lane("Mitigations", _y + 14);
            }

            var (begin, end) = (_axis.At(mitigation.IntendedAt), _axis.At(mitigation.FinishedAt ?? _facts.WrittenAt));
            var width = Math.Max(end - begin, 6);
            var label = $"{mitigation.Kind switch { MitigationKind.QueryStop => "Stop queries", MitigationKind.SlotSwitch => "Switch slots", var kind => kind.ToString() }}{(mitigation.Undoes is null ? "" : " (undo)")}: {StateWord(mitigation.State)}";
            _svg.Bar(mitigation.State switch
            {
                MitigationState.InForce or MitigationState.Done or MitigationState.Undone => "done",
                MitigationState.Failed => "failed",
                _ => "unknown",
            }, begin, _y + 1, width, 16, $"{mitigation.Id} {mitigation.Summary}");
            var after = begin + width + 6;
            var fits = after + Svg.WidthOf(label) < Right;
            _svg.Text("label", fits ? after : begin - 6, _y + 13, label, fits ? "start" : "end");
            _y += 26;
        }

        _y += mitigations.Count > 0 ? 12 : 0;
    }

    private void Verified(List<IncidentEvent> verified)
    {
        Lane("Verified", _y + 16);
        _svg.Line("lane", Left, _y + 12, Right, _y + 12);
        foreach (var entry in verified)
        {
            var (x, title) = (_axis.At(entry.Time), $"{entry.Time.UtcDateTime:HH:mm:ss} {entry.Text}");
            switch (ReportFacts.Passed(entry))
            {
                case true:
                    _svg.Check("v-passed", x, _y + 12, title);
                    break;
                case false:
                    _svg.Cross("v-failed", x, _y + 12, title);
                    break;
                default:
                    _svg.Dot("looked", x, _y + 12, 5, title);
                    break;
            }
        }

        _y += 34;
    }

    private void Lane(string name, double y) => _svg.Text("lane-name", Left - 14, y, name, "end");

    private static string StateWord(MitigationState state) => state switch
    {
        MitigationState.InForce => "in force",
        MitigationState.Open or MitigationState.Unknown => "outcome unknown",
        _ => state.ToString().ToLowerInvariant(),
    };

    private static double LabelLeft(double x, string label) => Math.Clamp(x - Svg.WidthOf(label) / 2, Left - 6, Right - Svg.WidthOf(label));

    private static double TurnsHeight(IReadOnlyList<(Milestone, int Row)> turns) => 48 + turns.Select(turn => turn.Row).DefaultIfEmpty(0).Max() * 15;

    // The lowest row on which a label does not touch the one before it there.
    private List<(Milestone, int)> LabelRows(IEnumerable<Milestone> turns)
    {
        var ends = new List<double>();
        var placed = new List<(Milestone, int)>();
        foreach (var turn in turns)
        {
            var left = LabelLeft(_axis.At(turn.Time), turn.Label);
            var row = ends.FindIndex(end => end + 8 < left);
            if (row < 0)
            {
                row = ends.Count;
                ends.Add(0);
            }

            ends[row] = left + Svg.WidthOf(turn.Label);
            placed.Add((turn, row));
        }

        return placed;
    }

    private static (DateTimeOffset From, DateTimeOffset To) Range(ReportFacts facts)
    {
        var incident = facts.Incident;
        var from = incident.StartedAt < incident.DeclaredAt ? incident.StartedAt : incident.DeclaredAt;
        var core = new[] { incident.ResolvedAt ?? facts.WrittenAt, facts.Mitigations.Max(one => one.FinishedAt) ?? from, facts.LastVerification?.Time ?? from }.Max();
        var span = core - from;

        // Closing the record days later, or a target that is far away, must not squeeze the incident into a corner.
        var others = new[] { incident.ClosedAt, incident.ResolveBy, incident.RespondBy }.OfType<DateTimeOffset>().Where(time => time - from <= span * 1.6);
        return (from, others.Append(core).Max());
    }

    private static string Describe(IReadOnlyList<(Milestone Turn, int)> turns, int mitigations) =>
        $"{string.Join(", ", turns.Select(turn => $"{turn.Turn.Label} {turn.Turn.Time.UtcDateTime:HH:mm:ss}"))}; {Amount.Of(mitigations, "mitigation")}.";
}
