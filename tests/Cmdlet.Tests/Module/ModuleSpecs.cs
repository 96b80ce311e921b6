using System.Management.Automation;
using System.Reflection;
using System.Runtime.Loader;
using System.Xml.Linq;
using Cmdlet.Tests.Harness;
using MalariaIncident;

namespace Cmdlet.Tests.Module;

/// <summary>What PowerShell sees of the module: exports, help, formats, completion, and that the engine stays private.</summary>
public sealed class ModuleSpecs
{
    [Fact]
    public void Every_cmdlet_class_is_exported_and_nothing_else()
    {
        using var shell = new Shell();
        var exported = shell.Get<CmdletInfo>("Get-Command -Module MalariaIncident");
        var classes = exported[0].ImplementingType.Assembly.GetTypes()
            .Where(type => !type.IsAbstract && type.GetCustomAttribute<CmdletAttribute>() is not null)
            .Select(type => type.FullName!);
        Assert.Equal(classes.Order(StringComparer.Ordinal), exported.Select(command => command.ImplementingType.FullName!).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_cmdlet_follows_the_house()
    {
        using var shell = new Shell();
        foreach (var command in shell.Get<CmdletInfo>("Get-Command -Module MalariaIncident"))
        {
            var type = command.ImplementingType;
            Assert.Equal(command.Name.Replace("-", "", StringComparison.Ordinal) + "Command", type.Name);
            Assert.True(command.OutputType.Count > 0, $"{command.Name} has no OutputType");
            Assert.True(type.IsSealed, $"{command.Name} is not sealed");
            var attribute = type.GetCustomAttribute<CmdletAttribute>()!;
            var looks = attribute.VerbName is "Get" or "Test" or "Measure" or "Use" or "Watch" || command.Name == "Resolve-Severity";
            Assert.True(attribute.SupportsShouldProcess != looks, $"{command.Name}: SupportsShouldProcess is {attribute.SupportsShouldProcess}");
        }
    }

    [Fact]
    public void Every_cmdlet_has_help_with_two_examples()
    {
        using var shell = new Shell();
        foreach (var command in shell.Get<CmdletInfo>("Get-Command -Module MalariaIncident"))
        {
            var help = shell.Run($"Get-Help {command.Name} -Full").Output[0];
            Assert.DoesNotContain("MalariaIncident.dll", (string)help.Properties["Synopsis"].Value, StringComparison.Ordinal);
            var examples = shell.Get<int>($"@((Get-Help {command.Name} -Full).examples.example).Count")[0];
            Assert.True(examples >= 2, command.Name);
        }
    }

    [Fact]
    public void An_empty_list_is_never_taken_for_no_filter()
    {
        using var shell = new Shell();
        foreach (var command in shell.Get<CmdletInfo>("Get-Command -Module MalariaIncident"))
        {
            var open = command.ImplementingType.GetProperties()
                .Where(property => property.PropertyType.IsArray && property.GetCustomAttribute<ParameterAttribute>() is { Mandatory: false, ValueFromPipelineByPropertyName: false }
                    && property.GetCustomAttribute<ValidateNotNullOrEmptyAttribute>() is null && property.GetCustomAttribute<AllowEmptyCollectionAttribute>() is null)
                .Select(property => property.Name);
            Assert.True(!open.Any(), $"{command.Name}: {string.Join(", ", open)}");
        }
    }

    [Fact]
    public void Every_duration_can_be_written_with_its_unit_and_not_without()
    {
        using var shell = new Shell();
        foreach (var command in shell.Get<CmdletInfo>("Get-Command -Module MalariaIncident"))
        {
            var open = command.ImplementingType.GetProperties()
                .Where(property => (Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType) == typeof(TimeSpan) && property.GetCustomAttribute<ParameterAttribute>() is not null
                    && property.GetCustomAttributes().All(attribute => attribute.GetType().Name != "DurationAttribute"))
                .Select(property => property.Name);
            Assert.True(!open.Any(), $"{command.Name}: {string.Join(", ", open)}");
        }
    }

    [Fact]
    public void Every_table_leaves_room_for_its_last_column_at_80_columns()
    {
        var formats = XDocument.Load(Path.ChangeExtension(Paths.ModuleManifest, "Format.ps1xml"));
        var tables = formats.Descendants("TableHeaders").ToList();
        Assert.NotEmpty(tables);
        foreach (var headers in tables.Select(table => table.Elements().ToList()).Where(headers => headers[^1].Element("Width") is null))
        {
            var taken = headers.Sum(header => ((int?)header.Element("Width") ?? 0) + 1);
            Assert.True(taken <= 64, $"{string.Join(' ', headers.Select(header => header.Value))}: {80 - taken} characters are left");
        }
    }

    [Fact]
    public void Every_type_with_a_view_of_its_own_can_be_shown_as_a_table_too()
    {
        var views = XDocument.Load(Path.ChangeExtension(Paths.ModuleManifest, "Format.ps1xml")).Descendants("View").ToList();
        var tables = views.Where(view => view.Element("TableControl") is not null).SelectMany(view => view.Descendants("TypeName")).Select(name => name.Value);
        Assert.Empty(views.SelectMany(view => view.Descendants("TypeName")).Select(name => name.Value).Except(tables));
    }

    [Fact]
    public void Every_type_with_a_view_and_many_properties_has_a_short_list_too()
    {
        using var shell = new Shell();
        var contracts = shell.Get<Type>("[MalariaIncident.Incident]")[0].Assembly;
        var lists = XDocument.Load(Path.ChangeExtension(Paths.ModuleManifest, "Types.ps1xml")).Root!.Elements("Type")
            .ToDictionary(type => (string)type.Element("Name")!, type => type.Descendants("ReferencedProperties").Elements().Select(name => name.Value).ToList());
        var shown = XDocument.Load(Path.ChangeExtension(Paths.ModuleManifest, "Format.ps1xml")).Descendants("TypeName").Select(name => name.Value).Distinct();
        foreach (var type in shown.Select(name => contracts.GetType(name, throwOnError: true)!))
        {
            var properties = type.GetProperties().Select(property => property.Name).ToList();
            Assert.True(properties.Count <= 5 || lists.ContainsKey(type.FullName!), $"{type.Name} has {properties.Count} properties and no DefaultDisplayPropertySet");
            Assert.Empty(lists.GetValueOrDefault(type.FullName!, []).Except(properties));
        }
    }

    [Fact]
    public void Type_literals_and_casts_work()
    {
        using var shell = new Shell();
        Assert.Equal(Severity.P1, shell.Get<Severity>("[MalariaIncident.Severity]'P1'")[0]);
        Assert.Equal("MalariaIncident.Incident", shell.Get<string>("[MalariaIncident.Incident].FullName")[0]);
    }

    [Fact]
    public void Import_force_and_a_second_runspace_share_one_engine()
    {
        using var first = new Shell();
        Assert.Empty(first.Run($"Import-Module '{Paths.ModuleManifest}' -Force").Errors);
        Assert.NotEmpty(first.Get<CmdletInfo>("Get-Command -Module MalariaIncident"));
        using var second = new Shell();
        Assert.Same(
            first.Get<CmdletInfo>("Get-Command Get-Mitigation")[0].ImplementingType,
            second.Get<CmdletInfo>("Get-Command Get-Mitigation")[0].ImplementingType);
    }

    [Fact]
    public void Every_failure_kind_has_a_row_in_the_table_of_errors()
    {
        using var shell = new Shell();
        var table = shell.Get<CmdletInfo>("Get-Command Get-Mitigation")[0].ImplementingType.Assembly.GetType("MalariaIncident.Errors.ErrorTable", throwOnError: true)!;
        var rows = (System.Collections.IEnumerable)table.GetField("Rows", BindingFlags.Public | BindingFlags.Static)!.GetValue(null)!;
        var kinds = new HashSet<FailureKind>();
        foreach (var row in rows)
        {
            kinds.Add((FailureKind)row.GetType().GetProperty("Key")!.GetValue(row)!);
        }

        Assert.Empty(Enum.GetValues<FailureKind>().Except(kinds));
    }

    [Fact]
    public void A_pipeline_that_ends_early_is_no_error()
    {
        using var shell = new Shell();
        Assert.Equal(1, shell.Get<int>("foreach ($round in 1) { Get-SeverityPolicy | ForEach-Object { break } }; 1")[0]);
    }
}
