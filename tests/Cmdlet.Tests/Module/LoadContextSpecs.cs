using System.Reflection;
using System.Runtime.Loader;
using Cmdlet.Tests.Harness;
using MalariaIncident;

namespace Cmdlet.Tests.Module;

/// <summary>The engine's packages never meet those of other modules in the session.</summary>
[Collection(TemporaryStore.Name)]
public sealed class LoadContextSpecs(TemporaryStore store) : IClassFixture<TemporaryStore>
{
    [Fact]
    public void Foreign_versions_of_our_packages_in_the_session_change_nothing()
    {
        // Loaded as Add-Type and other modules load: by path, into the default context.
        var yaml = Assembly.LoadFrom(Paths.ForeignYamlDotNet);
        var markdig = Assembly.LoadFrom(Paths.ForeignMarkdig);
        File.WriteAllText(Path.Combine(store.Folder, "environments.yaml"), "default: staging\nenvironments:\n  staging:\n    namespace: somewhere\n");
        Environment.SetEnvironmentVariable("MALARIA_INCIDENT_ENVIRONMENTS", Path.Combine(store.Folder, "environments.yaml"));

        using var shell = new Shell();
        // Reads the environment file (YamlDotNet) and the runbook (Markdig).
        var incident = shell.Get<Incident>("New-Incident -Title 'Prediction API returns 500' -UsersAffected 60")[0];
        Assert.Equal("staging", incident.Environment);
        Assert.Equal(Severity.P0, incident.Severity);

        Assert.Equal(new Version(16, 0, 0, 0), yaml.GetName().Version);
        Assert.Same(AssemblyLoadContext.Default, AssemblyLoadContext.GetLoadContext(markdig));
        var ours = AssemblyLoadContext.All.Single(context => context.Name == "MalariaIncident.Engine");
        Assert.Contains(ours.Assemblies, assembly => assembly.GetName().Name == "YamlDotNet" && assembly.GetName().Version!.Major == 18);
        Assert.DoesNotContain(AssemblyLoadContext.Default.Assemblies, assembly => assembly.GetName().Name == "MalariaIncident.Engine");
    }

    [Fact]
    public void Importing_the_module_loads_no_engine()
    {
        // The engine may be there from another test of this process: what counts is that import alone adds none.
        var before = AssemblyLoadContext.All.Count(context => context.Name == "MalariaIncident.Engine");
        using var shell = new Shell();
        Assert.NotEmpty(shell.Run("Get-Command -Module MalariaIncident").Output);
        Assert.Equal(before, AssemblyLoadContext.All.Count(context => context.Name == "MalariaIncident.Engine"));
    }

    [Fact]
    public void Cmdlets_know_the_contracts_and_neither_the_engine_nor_an_SDK()
    {
        using var shell = new Shell();
        var cmdlets = shell.Get<System.Management.Automation.CmdletInfo>("Get-Command Get-Mitigation")[0].ImplementingType.Assembly;
        Assert.All(
            cmdlets.GetReferencedAssemblies().Select(reference => reference.Name!),
            name => Assert.True(name.StartsWith("System", StringComparison.Ordinal) || name is "MalariaIncident.Contracts" or "netstandard", name));
    }
}
