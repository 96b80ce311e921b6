using System.Text;
using System.Text.Json.Nodes;
using k8s.Models;
using MalariaIncident.Sandbox.Kubernetes.Storage;
using MalariaIncident.Sandbox.Simulation;
using MalariaIncident.Sandbox.World;

namespace MalariaIncident.Sandbox.Kubernetes.Requests;

/// <summary>pods/exec over a WebSocket. A handful of harmless commands have an answer; nothing is ever run.</summary>
internal sealed class PodExec(ClusterStore store, DependencyProbe probe, TimeProvider clock)
{
    /// <summary>A container runtime takes some time to start a process, and kubectl before 1.34 loses what comes before its streams exist.</summary>
    private static readonly TimeSpan StartOfProcess = TimeSpan.FromMilliseconds(25);

    public async Task Answer(ApiCall call, ApiPath path)
    {
        var pod = store.Find(ResourceKinds.Pods, path.Namespace!, path.Name!)?.As<V1Pod>() ?? throw ApiException.NotFound(ResourceKinds.Pods, path.Name!);
        var name = call.Query("container") is { Length: > 0 } wanted ? wanted : pod.Spec.Containers[0].Name;
        var container = pod.Spec.Containers.FirstOrDefault(container => container.Name == name) ?? throw ApiException.BadRequest($"container {name} is not valid for pod {pod.Metadata.Name}");
        if (pod.Status?.ContainerStatuses?.FirstOrDefault(status => status.Name == name)?.State?.Running is null)
            throw new ApiException(500, "InternalError", $"unable to upgrade connection: container not found (\"{name}\")");
        var command = call.Http.Request.Query["command"].Select(part => part ?? "").ToArray();
        if (command.Length == 0) throw ApiException.BadRequest("you must specify at least 1 command for the container");
        using var socket = await ChannelSocket.AcceptAsync(call.Http, "v5.channel.k8s.io", "v4.channel.k8s.io")
            ?? throw ApiException.BadRequest("unable to upgrade: exec is served over WebSockets with v5.channel.k8s.io or v4.channel.k8s.io");
        await Task.Delay(StartOfProcess, call.Aborted);
        var input = command[0] == "cat" && command.Length == 1 && call.Flag("stdin") ? await ReadInputAsync(socket, call.Aborted) : "";
        var result = DependencyProbe.Recognises(command) && container.Name == ProductionNames.Container
            ? await probe.RunAsync(command, Variables(pod, container), call.Aborted)
            : Run(pod, container, command, input);
        if (result.Output.Length > 0) await socket.SendAsync(ChannelSocket.Output, result.Output, call.Aborted);
        if (result.Error.Length > 0) await socket.SendAsync(ChannelSocket.Error, result.Error, call.Aborted);
        await socket.FinishAsync(Status(result.Code), call.Aborted);
    }

    private static async Task<string> ReadInputAsync(ChannelSocket socket, CancellationToken cancellationToken)
    {
        var text = new StringBuilder();
        while (await socket.ReceiveAsync(cancellationToken) is { } message)
        {
            if (message.Channel != ChannelSocket.Input) continue;
            if (message.Data.Length == 0) break;
            text.Append(Encoding.UTF8.GetString(message.Data));
        }
        return text.ToString();
    }

    private (string Output, string Error, int Code) Run(V1Pod pod, V1Container container, string[] command, string input) => command switch
    {
        ["echo", .. var words] => (string.Join(' ', words) + "\n", "", 0),
        ["true"] => ("", "", 0),
        ["false"] => ("", "", 1),
        ["hostname"] or ["cat", "/etc/hostname"] => (pod.Metadata.Name + "\n", "", 0),
        ["date", ..] => (clock.GetUtcNow().UtcDateTime.ToString("ddd MMM d HH:mm:ss 'UTC' yyyy", System.Globalization.CultureInfo.InvariantCulture) + "\n", "", 0),
        ["cat", "/app/VERSION"] => (container.Image.Split(':')[^1] + "\n", "", 0),
        ["cat"] => (input, "", 0),
        ["cat", .. var files] => ("", string.Concat(files.Select(file => $"cat: {file}: No such file or directory\n")), 1),
        ["env"] or ["printenv"] => (string.Concat(Variables(pod, container).Select(pair => $"{pair.Key}={pair.Value}\n")), "", 0),
        ["printenv", var name] => Variables(pod, container).TryGetValue(name, out var value) ? (value + "\n", "", 0) : ("", "", 1),
        ["sh" or "/bin/sh" or "bash", "-c", var line] when line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is { Length: > 0 } words && words[0] != "sh" => Run(pod, container, words, input),
        _ => ("", $"sh: 1: {command[0]}: not found\n", 127),
    };

    private Dictionary<string, string> Variables(V1Pod pod, V1Container container)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal) { ["PATH"] = "/usr/local/bin:/usr/bin:/bin", ["HOSTNAME"] = pod.Metadata.Name };
        foreach (var variable in container.Env ?? [])
        {
            var source = variable.ValueFrom;
            var ns = pod.Metadata.NamespaceProperty;
            variables[variable.Name] = variable.Value
                ?? (source?.ConfigMapKeyRef is { } map ? store.Find(ResourceKinds.ConfigMaps, ns, map.Name)?.As<V1ConfigMap>().Data?[map.Key] : null)
                ?? (source?.SecretKeyRef is { } secret && store.Find(ResourceKinds.Secrets, ns, secret.Name)?.As<V1Secret>().Data is { } data ? Encoding.UTF8.GetString(data[secret.Key]) : null)
                ?? (source?.FieldRef?.FieldPath == "metadata.name" ? pod.Metadata.Name : "");
        }
        return variables;
    }

    private static JsonObject Status(int code) => code == 0
        ? new() { ["metadata"] = new JsonObject(), ["status"] = "Success" }
        : new()
        {
            ["metadata"] = new JsonObject(),
            ["status"] = "Failure",
            ["message"] = $"command terminated with non-zero exit code: exit status {code}",
            ["reason"] = "NonZeroExitCode",
            ["details"] = new JsonObject { ["causes"] = new JsonArray(new JsonObject { ["reason"] = "ExitCode", ["message"] = code.ToString() }) },
        };
}
