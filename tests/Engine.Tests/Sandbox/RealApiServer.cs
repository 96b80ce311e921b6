using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using MalariaIncident.Sandbox.Databases;

namespace Engine.Tests.Sandbox;

/// <summary>etcd and kube-apiserver from KUBEBUILDER_ASSETS, started as envtest starts them; no controllers, no nodes.</summary>
public sealed class RealApiServer : IAsyncLifetime
{
    private readonly string _directory = Path.Combine(Path.GetTempPath(), "real-api-" + Guid.NewGuid().ToString("N")[..10]);
    private readonly List<Process> _processes = [];
    private readonly Dictionary<string, string> _tokens = ((string[])["malaria-incident-readers", "malaria-incident-operators"])
        .ToDictionary(group => group, _ => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)), StringComparer.Ordinal);
    private ApiUnderTest? _api;

    public ApiUnderTest Api
    {
        get
        {
            Skip.If(_api is null, "KUBEBUILDER_ASSETS names no folder with etcd and kube-apiserver.");
            return _api;
        }
    }

    /// <summary>Token of somebody who is in that group and in no other.</summary>
    public string TokenOf(string group) => _tokens[group];

    public async Task InitializeAsync()
    {
        if (Environment.GetEnvironmentVariable("KUBEBUILDER_ASSETS") is not { Length: > 0 } assets || !File.Exists(Path.Combine(assets, "kube-apiserver"))) return;
        Directory.CreateDirectory(_directory);
        var (etcd, peers, secure) = (FreePort.Take(), FreePort.Take(), FreePort.Take());
        var (token, stranger) = (Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)), Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)));
        var tokens = Path.Combine(_directory, "tokens.csv");
        await File.WriteAllTextAsync(tokens, $"{token},admin,1,\"system:masters\"\n{stranger},stranger,2\n{string.Concat(_tokens.Select(entry => $"{entry.Value},one-of-{entry.Key},3,\"{entry.Key}\"\n"))}");
        var key = Path.Combine(_directory, "service-account.pem");
        using (var rsa = RSA.Create(2048)) await File.WriteAllTextAsync(key, rsa.ExportRSAPrivateKeyPem());
        Start(Path.Combine(assets, "etcd"), $"--data-dir={_directory}/etcd", $"--listen-client-urls=http://127.0.0.1:{etcd}", $"--advertise-client-urls=http://127.0.0.1:{etcd}",
            $"--listen-peer-urls=http://127.0.0.1:{peers}", $"--initial-advertise-peer-urls=http://127.0.0.1:{peers}", $"--initial-cluster=default=http://127.0.0.1:{peers}", "--unsafe-no-fsync");
        Start(Path.Combine(assets, "kube-apiserver"), $"--etcd-servers=http://127.0.0.1:{etcd}", $"--secure-port={secure}", "--bind-address=127.0.0.1", $"--cert-dir={_directory}/certificates",
            $"--token-auth-file={tokens}", "--authorization-mode=RBAC", "--service-cluster-ip-range=10.0.0.0/24", "--service-account-issuer=https://127.0.0.1/",
            $"--service-account-key-file={key}", $"--service-account-signing-key-file={key}", "--disable-admission-plugins=ServiceAccount");
        var api = new ApiUnderTest(new($"https://127.0.0.1:{secure}"), null, token, stranger);
        for (var clock = Stopwatch.StartNew(); ;)
        {
            try
            {
                if ((await api.GetAsync("/readyz")).Code == HttpStatusCode.OK) break;
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }
            if (clock.Elapsed > TimeSpan.FromMinutes(2) || _processes.Exists(process => process.HasExited)) throw new InvalidOperationException("kube-apiserver did not become ready.");
            await Task.Delay(200);
        }
        _api = api;
    }

    public async Task DisposeAsync()
    {
        _api?.Dispose();
        foreach (var process in Enumerable.Reverse(_processes))
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
            process.Dispose();
        }
        if (Directory.Exists(_directory)) Directory.Delete(_directory, recursive: true);
    }

    private void Start(string program, params string[] arguments)
    {
        var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        _processes.Add(process);
    }
}

/// <summary>The contract held against a real API server, where there is one.</summary>
public sealed class RealApiServerContractTests(RealApiServer server) : KubernetesApiContract, IClassFixture<RealApiServer>
{
    protected override ApiUnderTest Api => server.Api;
}
