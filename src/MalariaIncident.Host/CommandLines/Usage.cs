using System.Management.Automation;
using System.Reflection;
using System.Runtime.InteropServices;

namespace MalariaIncident.Host.CommandLines;

/// <summary>What the program says about itself.</summary>
internal static class Usage
{
    public const int BadInput = 2;

    private const string Text =
        """
        malaria-incident: the incident runbook as commands, with PowerShell inside.

        malaria-incident                                      a prompt with the module loaded
        malaria-incident drill [-Directory <folder>]          a whole incident against a sandbox on this machine
        malaria-incident -Command <text>                      run a command and leave
        malaria-incident -File <script> [arguments...]        run a script and leave
        malaria-incident -                                    run what standard input says
        malaria-incident -Version | -Help

        Before these: -NonInteractive (ask nobody), -NoLogo.

        Exit codes: 0 ok, 1 failed, 2 bad input, 3 declined or -WhatIf, 4 outcome unknown, 5 forbidden, 6 unreachable,
        7 incident store, 130 stopped; 'exit n' in a script wins. Colours go to terminals only; NO_COLOR turns them off.

        In the prompt: Get-Help about_MalariaIncident_Host, Get-Command -Module MalariaIncident
        """;

    public static string Version
        => Assembly.GetExecutingAssembly().GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    public static string PowerShellVersion
        => typeof(PowerShell).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split([' ', '+'])[0];

    public static int Print()
    {
        Console.Out.WriteLine(Text);
        return 0;
    }

    public static int PrintVersion()
    {
        Console.Out.WriteLine($"malaria-incident {Version} (PowerShell {PowerShellVersion}, {RuntimeInformation.FrameworkDescription})");
        return 0;
    }

    public static int Refuse(string reason)
    {
        Console.Error.WriteLine($"{reason}{Environment.NewLine}malaria-incident -Help says what it takes.");
        return BadInput;
    }
}
