using MalariaIncident.Host.CommandLines;

namespace MalariaIncident.Host.Drills;

internal static class Drill
{
    public static int Play(CommandLine line) => Usage.Refuse("drill" + line.Text);
}
