using MalariaIncident.Host.CommandLines;
using MalariaIncident.Host.Drills;
using MalariaIncident.Host.Sessions;
using MalariaIncident.Host.Terminals;

Terminal.SpeakUtf8();
var commandLine = CommandLine.Parse(args);
return commandLine.Mode switch
{
    Mode.Help => Usage.Print(),
    Mode.Version => Usage.PrintVersion(),
    Mode.Wrong => Usage.Refuse(commandLine.Text),
    Mode.Drill => Drill.Play(commandLine),
    Mode.Interactive => Conversation.Hold(commandLine),
    _ => ScriptRun.Run(commandLine),
};
