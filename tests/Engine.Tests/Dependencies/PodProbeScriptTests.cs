using System.Diagnostics;
using System.Globalization;
using Engine.Tests.Http;
using MalariaIncident.Engine;
using MalariaIncident.Sandbox;

namespace Engine.Tests.Dependencies;

/// <summary>The scripts that go into a pod, run here against real servers: the sandbox recognises them and does not run them.</summary>
public sealed class PodProbeScriptTests(DependencyWorld fixture) : IClassFixture<DependencyWorld>
{
    private const string Closed = "tcp://127.0.0.1:1";

    private static string? Python => Program("python3");

    [SkippableTheory]
    [InlineData("", "up", "let postgres in")]
    [InlineData("x", "credentials", "SQLSTATE 28P01")]
    public async Task PostgreSQL_is_asked_with_the_login_of_the_pod(string spoil, string state, string said)
    {
        var url = Required(fixture.World.Database?.Url, "PostgreSQL");
        var answer = await PythonAsync("Database", url.Replace("@", $"{spoil}@", StringComparison.Ordinal), "");
        Assert.Equal((state, "variable", state == "up" ? 0 : 1), (answer.State, answer.Source, answer.Code));
        Assert.Contains(said, answer.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain(new Uri(url).UserInfo.Split(':')[1], answer.All, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Without_a_login_a_PostgreSQL_is_known_by_its_first_word()
    {
        var port = new Uri(Required(fixture.World.Database?.Url, "PostgreSQL")).Port;
        Assert.Equal(("up", "speaks PostgreSQL; no login was tried"), await StateAsync("Database", "", $"postgresql://127.0.0.1:{port}"));
        Assert.Equal("failing", (await StateAsync("Database", "", fixture.World.ClimateStore.ToString())).State);
    }

    [SkippableTheory]
    [InlineData("", "up", "answers PING")]
    [InlineData("x", "credentials", "AUTH was refused")]
    public async Task Redis_is_asked_with_the_password_of_the_pod(string spoil, string state, string said)
    {
        var url = Required(fixture.World.Cache?.Url, "Redis").Replace("@", $"{spoil}@", StringComparison.Ordinal);
        Assert.Equal((state, said), await StateAsync("Cache", url, ""));
    }

    [SkippableTheory]
    [InlineData(200, "up")]
    [InlineData(302, "up")]
    [InlineData(401, "credentials")]
    [InlineData(404, "failing")]
    [InlineData(503, "failing")]
    public async Task Trap_a_status_outside_of_2xx_and_3xx_is_a_failure(int status, string state)
    {
        await using var server = await HealthServer.AnsweringAsync(status, "{}");
        Assert.Equal((state, $"answered {status.ToString(CultureInfo.InvariantCulture)}"), await StateAsync("External", "", server.Uri.ToString()));
    }

    [SkippableTheory]
    [InlineData("Database", "refused", "postgresql://127.0.0.1:1")]
    [InlineData("Cache", "refused", "redis://127.0.0.1:1/0")]
    [InlineData("External", "refused", "http://127.0.0.1:1/")]
    [InlineData("External", "unresolved", "http://no-such-host.invalid/")]
    [InlineData("Cache", "unknown", "")]
    [InlineData("Cache", "failing", "redis://127.0.0.1:banana")]
    public async Task Trap_what_is_not_reached_exits_with_1_and_says_why(string kind, string state, string address)
    {
        var answer = await PythonAsync(kind, "", address);
        Assert.Equal((state, 1), (answer.State, answer.Code));
    }

    [SkippableFact]
    public async Task Nothing_that_is_passed_is_read_as_a_program()
    {
        var mark = Path.Combine(fixture.World.Directory, "pwned");
        string[] hostile = [$"redis://$(touch {mark})/", $"redis://`touch {mark}`:1/", $"redis://x;touch {mark};/", $"redis://\";touch {mark};\":1"];
        foreach (var address in hostile)
        {
            Assert.NotEqual("up", (await PythonAsync("Cache", address, "")).State);
            Assert.NotEqual("up", (await ShellAsync(address, "")).State);
            Assert.NotEqual("up", (await ShellAsync("", address)).State);
        }

        Assert.False(File.Exists(mark));
    }

    [SkippableFact]
    public async Task A_container_with_a_shell_only_tries_the_connection()
    {
        Skip.If(Program("bash") is null, "No bash is found here.");
        var port = fixture.World.ClimateStore.Port;
        Assert.Equal(("up", "variable", 0), Told(await ShellAsync($"http://user:secret@127.0.0.1:{port}/x", Closed)));
        Assert.Equal(("up", "address", 0), Told(await ShellAsync("", $"tcp://127.0.0.1:{port}")));
        Assert.Equal(("refused", "address", 1), Told(await ShellAsync("", Closed)));
        Assert.Equal(("unknown", "address", 1), Told(await ShellAsync("", "")));
    }

    private static (string State, string Source, int Code) Told(Answer answer) => (answer.State, answer.Source, answer.Code);

    private static async Task<(string State, string Detail)> StateAsync(string kind, string own, string given)
    {
        var answer = await PythonAsync(kind, own, given);
        return (answer.State, answer.Detail);
    }

    private static Task<Answer> PythonAsync(string kind, string own, string given)
    {
        Skip.If(Python is null, "No python3 is found here.");
        return RunAsync(Python!, own, ["-c", Script("pod_probe.py"), kind, own.Length > 0 ? "PROBED_URL" : "", given, "30"]);
    }

    private static Task<Answer> ShellAsync(string own, string given)
    {
        Skip.If(!File.Exists("/bin/sh"), "No /bin/sh is found here.");
        return RunAsync("/bin/sh", own, ["-c", Script("pod_probe.sh"), "probe", own.Length > 0 ? "PROBED_URL" : "", given, "30"]);
    }

    private static async Task<Answer> RunAsync(string program, string own, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PROBED_URL"] = own;
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        var line = output.Split('\n').LastOrDefault(line => line.StartsWith("malaria-incident\t", StringComparison.Ordinal));
        Assert.True(line is not null, $"The probe said nothing: {output}{await error}");
        return line.Split('\t') is [_, var state, _, var source, var detail] ? new(state, source, detail, process.ExitCode, output + await error) : throw new InvalidDataException(line);
    }

    private static string Script(string name)
    {
        using var reader = new StreamReader(typeof(EngineRooms).Assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }

    private static string? Program(string name) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);

    private static string Required(string? url, string server)
    {
        Skip.If(url is null && Environment.GetEnvironmentVariable("MALARIA_INCIDENT_REQUIRE_SERVERS") != "1", $"No {server} is found here.");
        return url ?? throw new InvalidOperationException($"{server} is required and not found.");
    }

    private sealed record Answer(string State, string Source, string Detail, int Code, string All);
}

/// <summary>A production with its databases, shared by the tests of a class.</summary>
public sealed class DependencyWorld : IAsyncLifetime
{
    public SandboxWorld World { get; private set; } = null!;

    public async Task InitializeAsync() => World = await SandboxWorld.StartAsync(new(), CancellationToken.None);

    public async Task DisposeAsync() => await World.DisposeAsync();
}
