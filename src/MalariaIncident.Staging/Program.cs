using MalariaIncident.Staging;

// Called by the StageModule target: <repository> <module folder> <System.Management.Automation.dll> <version>
if (args.Length != 4)
{
    Console.Error.WriteLine("usage: MalariaIncident.Staging <repository> <module folder> <System.Management.Automation.dll> <version>");
    return 2;
}

var (repository, module, powerShell, version) = (args[0], args[1], args[2], args[3]);
try
{
    var cmdlets = CmdletCatalog.Read(Path.Combine(module, "MalariaIncident.dll"), powerShell);
    ModuleManifest.Write(Path.Combine(repository, "MalariaIncident.psd1"), Path.Combine(module, "MalariaIncident.psd1"), version, cmdlets);
    HelpFile.Write(Path.Combine(repository, "en-US"), Path.Combine(module, "en-US", "MalariaIncident.dll-Help.xml"), cmdlets);
    var formats = Path.Combine(repository, "src", "MalariaIncident", "Formats");
    FormatFile.Write(formats, Path.Combine(module, "MalariaIncident.Format.ps1xml"));
    TypesFile.Write(formats, Path.Combine(module, "MalariaIncident.Types.ps1xml"));
    return 0;
}
catch (StagingException problem)
{
    // The form that MSBuild shows as an error of the build.
    Console.Error.WriteLine($"{problem.Path} : error STAGE: {problem.Message}");
    return 1;
}
