using MalariaIncident;
using MalariaIncident.Engine;
using NetArchTest.Rules;

namespace Engine.Tests.Walls;

/// <summary>Who may know whom. The house stays legible only while these hold.</summary>
public sealed class WallTests
{
    private const string Root = "MalariaIncident.Engine.";

    /// <summary>Every adapter with the SDK that only it may use.</summary>
    private static readonly Dictionary<string, string[]> Adapters = new(StringComparer.Ordinal)
    {
        ["Environments"] = ["YamlDotNet"],
        ["Kubernetes"] = ["k8s", "YamlDotNet"],
        ["Postgres"] = ["Npgsql"],
        ["Redis"] = ["StackExchange.Redis"],
        ["Stores"] = ["Microsoft.Data.Sqlite", "SQLitePCL"],
        ["Runbooks"] = ["Markdig", "Fluid"],
        ["Reports"] = ["Markdig"],
        ["Http"] = [],
        ["Prometheus"] = [],
        ["GitHub"] = [],
    };

    private static readonly string[] Sdks = [.. Adapters.Values.SelectMany(sdk => sdk).Distinct()];

    private static Types Engine => Types.InAssembly(typeof(EngineRooms).Assembly);

    public static TheoryData<string> AdapterNames => [.. Adapters.Keys];

    [Fact]
    public void The_engine_never_knows_PowerShell()
        => Assert.DoesNotContain(typeof(EngineRooms).Assembly.GetReferencedAssemblies(), reference => reference.Name == "System.Management.Automation");

    [Fact]
    public void Contracts_know_the_base_class_library_only()
        => Assert.All(typeof(IEngine).Assembly.GetReferencedAssemblies(), reference => Assert.StartsWith("System", reference.Name, StringComparison.Ordinal));

    [Theory]
    [InlineData("Incidents")]
    [InlineData("Mitigations")]
    [InlineData("Dependencies")]
    [InlineData("Readiness")]
    public void The_core_knows_neither_adapters_nor_SDKs(string room)
        => Holds(Engine.That().ResideInNamespace(Root + room).ShouldNot().HaveDependencyOnAny(
            [.. Sdks, .. Adapters.Keys.Where(name => name != "Environments").Select(name => Root + name)]));

    [Theory]
    [MemberData(nameof(AdapterNames))]
    public void An_adapter_knows_its_own_SDK_and_no_other_adapter(string room)
        => Holds(Engine.That().ResideInNamespace(Root + room).ShouldNot().HaveDependencyOnAny(
            [.. Sdks.Except(Adapters[room]), .. Adapters.Keys.Where(name => name != room && name != "Environments").Select(name => Root + name)]));

    [Fact]
    public void Every_room_of_the_engine_is_known_to_these_walls()
    {
        string[] core = ["Dependencies", "Incidents", "Mitigations", "Readiness", "Resolution", "Text", "Web"];
        var rooms = typeof(EngineRooms).Assembly.GetTypes()
            .Select(type => type.Namespace)
            .Where(name => name is not null && name.StartsWith(Root, StringComparison.Ordinal))
            .Select(name => name![Root.Length..].Split('.')[0])
            .Distinct();
        Assert.Empty(rooms.Except([.. Adapters.Keys, .. core]));
    }

    [Fact]
    public void Nothing_of_an_SDK_is_public()
        => Assert.All(
            typeof(EngineRooms).Assembly.GetExportedTypes(),
            type => Assert.True(type == typeof(EngineRooms), $"{type.FullName} is public; only the composition root may be"));

    private static void Holds(ConditionList rule)
    {
        var result = rule.GetResult();
        Assert.True(result.IsSuccessful, string.Join(", ", (result.FailingTypes ?? []).Select(type => type.FullName)));
    }
}
