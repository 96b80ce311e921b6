using System.Diagnostics;
using System.Net.Sockets;
using Cmdlet.Tests.Harness;

namespace Cmdlet.Tests.Investigate;

/// <summary>A redis-server that is full and refuses writes; null where none is installed.</summary>
internal sealed class LocalRedis : IDisposable
{
    public const string Password = "s3cr3t-word";

    private readonly Process _process;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("malaria-incident-");

    private LocalRedis(string program)
    {
        Port = FreePort.Take();
        string[] settings = ["--port", $"{Port}", "--bind", "127.0.0.1", "--requirepass", Password, "--save", "", "--dir", _folder.FullName, "--maxmemory", "1", "--maxmemory-policy", "noeviction"];
        _process = Process.Start(new ProcessStartInfo(program, settings) { RedirectStandardOutput = true, UseShellExecute = false })!;
        var patience = Stopwatch.StartNew();
        while (!Listens())
        {
            Assert.True(patience.Elapsed < TimeSpan.FromMinutes(1) && !_process.HasExited, "redis-server does not listen.");
            Thread.Sleep(50);
        }
    }

    public int Port { get; }

    public static LocalRedis Start()
    {
        var program = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(folder => Path.Combine(folder, "redis-server")).FirstOrDefault(File.Exists);
        Skip.If(program is null && Environment.GetEnvironmentVariable("MALARIA_INCIDENT_REQUIRE_SERVERS") != "1", "No redis-server is installed here.");
        return new LocalRedis(program ?? throw new InvalidOperationException("MALARIA_INCIDENT_REQUIRE_SERVERS is set, and no redis-server is installed here."));
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        _folder.Delete(recursive: true);
    }

    private bool Listens()
    {
        try
        {
            using var client = new TcpClient("127.0.0.1", Port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
