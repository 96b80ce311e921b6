using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using MalariaIncident.Engine.Text;

namespace MalariaIncident.Engine.Kubernetes;

/// <summary>
/// Runs a credential plugin (client.authentication.k8s.io): a program that prints a token or a client certificate. What it prints to
/// its standard output is never part of a message.
/// </summary>
internal sealed partial class ExecPlugin
{
    private static readonly TimeSpan QuietDeadline = TimeSpan.FromSeconds(30);
    // Time for a person to fetch a device code or a hardware key.
    private static readonly TimeSpan InteractiveDeadline = TimeSpan.FromMinutes(3);

    private const int LongestAnswer = 256 * 1024;

    private readonly string command;
    private readonly IReadOnlyList<string> arguments;
    private readonly IReadOnlyList<KeyValuePair<string, string>> environment;
    private readonly string interactiveMode;
    private readonly string installHint;
    private readonly string user;
    private readonly JsonObject? clusterInfo;

    private ExecPlugin(Entry user, YamlMap exec, string apiVersion, string command, JsonObject? clusterInfo)
    {
        this.user = user.Name;
        this.command = command;
        this.clusterInfo = clusterInfo;
        ApiVersion = apiVersion;
        arguments = [.. exec.Texts("args")];
        environment = [.. exec.Maps("env").Select(pair => new KeyValuePair<string, string>(pair.Text("name") ?? "", pair.Text("value") ?? "")).Where(pair => pair.Key.Length > 0)];
        interactiveMode = exec.Text("interactiveMode") ?? "IfAvailable";
        installHint = PlainText.OneLine(exec.Text("installHint"), 300);
    }

    public string ApiVersion { get; }

    /// <summary>True where running it may ask the person at the terminal something.</summary>
    public bool IsInteractive => interactiveMode != "Never" && !Console.IsInputRedirected;

    public static ExecPlugin Read(Entry user, YamlMap exec, Uri server, Entry cluster)
    {
        string apiVersion = exec.Text("apiVersion") ?? throw user.Invalid("has an exec plugin without apiVersion");
        if (apiVersion is not ("client.authentication.k8s.io/v1" or "client.authentication.k8s.io/v1beta1"))
        {
            throw user.Invalid($"has an exec plugin of the version '{PlainText.OneLine(apiVersion, 60)}'; client.authentication.k8s.io/v1 and v1beta1 are supported");
        }

        string program = exec.Text("command") ?? throw user.Invalid("has an exec plugin without command");
        if (exec.Text("interactiveMode") is not (null or "Never" or "IfAvailable" or "Always"))
        {
            throw user.Invalid("has an exec plugin whose interactiveMode is not Never, IfAvailable or Always");
        }

        // A bare name is looked up in PATH; a path is relative to the kubeconfig.
        bool isPath = program.AsSpan().ContainsAny('/', Path.DirectorySeparatorChar);
        return new ExecPlugin(user, exec, apiVersion, isPath ? user.Resolve(program) : program, exec.Flag("provideClusterInfo") ? ClusterInfo(server, cluster) : null);
    }

    /// <summary>What it printed. ClusterUnauthenticated with the reason.</summary>
    public async Task<byte[]> RunAsync(CancellationToken cancellationToken)
    {
        bool interactive = IsInteractive;
        if (interactiveMode == "Always" && !interactive)
        {
            throw Failed("it needs a person at a terminal (interactiveMode: Always), and there is none", null);
        }

        TimeSpan length = interactive ? InteractiveDeadline : QuietDeadline;
        using var deadline = new CancellationTokenSource(length);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        using Process process = Start(interactive);
        try
        {
            Task<string> complaints = interactive ? Task.FromResult("") : process.StandardError.ReadToEndAsync(both.Token);
            byte[] printed = await ReadAsync(process.StandardOutput.BaseStream, both.Token);
            string complained = await complaints;
            await process.WaitForExitAsync(both.Token);
            return process.ExitCode == 0
                ? printed
                : throw Failed($"it ended with exit code {process.ExitCode}{Said(complained)}", null);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw Failed($"it did not end within {length.TotalSeconds:0} s", null);
        }
        finally
        {
            Kill(process);
        }
    }

    public IncidentException Failed(string why, Exception? inner) => new(
        FailureKind.ClusterUnauthenticated,
        $"The credential plugin '{Path.GetFileName(command)}' of the user '{user}' gave no credential: {why}.",
        user,
        inner,
        installHint.Length > 0 ? installHint : "Run the plugin, or 'kubectl get namespaces', by hand to see what it wants.");

    private Process Start(bool interactive)
    {
        var start = new ProcessStartInfo(command, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = !interactive,
            RedirectStandardInput = !interactive,
            UseShellExecute = false,
        };
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        var spec = new JsonObject { ["interactive"] = interactive };
        if (clusterInfo is not null)
        {
            spec["cluster"] = clusterInfo.DeepClone();
        }

        start.Environment["KUBERNETES_EXEC_INFO"] = new JsonObject { ["kind"] = "ExecCredential", ["apiVersion"] = ApiVersion, ["spec"] = spec }.ToJsonString();
        try
        {
            Process process = Process.Start(start) ?? throw Failed("it did not start", null);
            if (!interactive)
            {
                process.StandardInput.Close();
            }

            return process;
        }
        catch (Win32Exception failure)
        {
            throw Failed($"it cannot be started ({failure.Message})", failure);
        }
    }

    private async Task<byte[]> ReadAsync(Stream output, CancellationToken cancellationToken)
    {
        byte[] printed = new byte[LongestAnswer + 1];
        int length = await output.ReadAtLeastAsync(printed, printed.Length, throwOnEndOfStream: false, cancellationToken);
        return length <= LongestAnswer ? printed[..length] : throw Failed("it printed more than a credential", null);
    }

    private static void Kill(Process process)
    {
        try
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
        catch (InvalidOperationException)
        {
            // It ended between the question and the signal.
        }
    }

    private static string Said(string complained)
    {
        string last = complained.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault() ?? "";
        return last.Length == 0 ? "" : $" and said: {PlainText.OneLine(Secretive().Replace(last, "…"), 300)}";
    }

    private static JsonObject ClusterInfo(Uri server, Entry cluster)
    {
        var info = new JsonObject { ["server"] = server.AbsoluteUri.TrimEnd('/') };
        if (cluster.Bytes("certificate-authority") is { } authority)
        {
            info["certificate-authority-data"] = Convert.ToBase64String(authority);
        }

        if (cluster.Text("tls-server-name") is { } name)
        {
            info["tls-server-name"] = name;
        }

        if (cluster.Flag("insecure-skip-tls-verify"))
        {
            info["insecure-skip-tls-verify"] = true;
        }

        if (cluster.Text("proxy-url") is { } proxy)
        {
            info["proxy-url"] = proxy;
        }

        return info;
    }

    // Long runs of token letters with a digit in them: what a careless plugin would leak.
    [GeneratedRegex(@"(?=[A-Za-z_\-+/=.]*\d)[A-Za-z0-9_\-+/=.]{20,}", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Secretive();
}
