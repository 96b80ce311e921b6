using MalariaIncident.Engine.Environments;
using MalariaIncident.Engine.Mitigations;
using MalariaIncident.Engine.Text;

namespace MalariaIncident.Engine.Readiness;

/// <summary>Where to look, what for, and how long a single answer may take.</summary>
internal sealed record ReadinessInquiry(ResolvedScope Scope, ReadinessOptions Options, TimeProvider Clock)
{
    public bool Wants(ReadinessArea area) => Options.Areas.Count == 0 || Options.Areas.Contains(area);

    /// <summary>True where one of the commands is asked for; what belongs to no command in particular, all lean on.</summary>
    public bool Wants(IReadOnlyCollection<string> commands) => Options.Commands.Count == 0 || commands.Count == 0 || commands.Any(Wants);

    public bool Wants(string command) => Options.Commands.Count == 0 || Options.Commands.Any(pattern => Wildcard.Matches(pattern, command));

    public ReadinessQuestion Ask(ReadinessArea area, string check, params string[] commands) => new(this, area, check, commands);
}
