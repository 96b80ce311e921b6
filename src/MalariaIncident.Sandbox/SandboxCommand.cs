using System.Globalization;
using System.Runtime.InteropServices;

namespace MalariaIncident.Sandbox;

/// <summary>The command line.</summary>
internal static class SandboxCommand
{
    private const string Usage = """
        MalariaIncident.Sandbox up [--directory <folder>] [--fault <name>]... [--pods <n>] [--nodes <n>] [--replicas <n>]
            starts a production on loopback, prints one line "ready <path of environments.yaml>" and runs until
            Ctrl+C, SIGTERM or the end of its redirected input
        MalariaIncident.Sandbox faults
            lists the faults by name
        """;

    public static async Task<int> RunAsync(string[] args)
    {
        switch (args)
        {
            case ["faults"]:
                foreach (var (name, description) in SandboxWorld.FaultDescriptions) Console.WriteLine($"{name,-16} {description}");
                return 0;
            case ["up", .. var rest]:
                return await UpAsync(rest);
            default:
                await Console.Error.WriteLineAsync(Usage);
                return 2;
        }
    }

    private static async Task<int> UpAsync(string[] args)
    {
        SandboxOptions options;
        try
        {
            options = Parse(args);
        }
        catch (ArgumentException exception)
        {
            await Console.Error.WriteLineAsync(exception.Message + Environment.NewLine + Usage);
            return 2;
        }
        using var stop = new CancellationTokenSource();
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.Cancel();
        }
        try
        {
            await using var world = await SandboxWorld.StartAsync(options, stop.Token);
            foreach (var note in world.Notes) await Console.Error.WriteLineAsync(note);
            Console.WriteLine($"ready {world.EnvironmentFile}");
            var end = Console.IsInputRedirected ? WaitForEndOfInputAsync(stop.Token) : Task.Delay(Timeout.Infinite, stop.Token);
            await end.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return 0;
        }
        catch (ArgumentException exception)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return 2;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return 130;
        }
    }

    private static async Task WaitForEndOfInputAsync(CancellationToken stop)
    {
        await using var input = Console.OpenStandardInput();
        var buffer = new byte[256];
        // Reading a terminal or pipe cannot be cancelled everywhere, so the wait can.
        while (await input.ReadAsync(buffer, stop).AsTask().WaitAsync(stop) > 0) { }
    }

    private static SandboxOptions Parse(string[] args)
    {
        var options = new SandboxOptions();
        var faults = new List<string>();
        for (var index = 0; index < args.Length; index += 2)
        {
            var value = index + 1 < args.Length ? args[index + 1] : throw new ArgumentException($"{args[index]} needs a value.");
            switch (args[index])
            {
                case "--directory": options = options with { Directory = value }; break;
                case "--fault": faults.Add(value); break;
                case "--pods": options = options with { BulkPods = Number(args[index], value) }; break;
                case "--nodes": options = options with { BulkNodes = Number(args[index], value) }; break;
                case "--replicas": options = options with { Replicas = Number(args[index], value) }; break;
                default: throw new ArgumentException($"{args[index]} is not an option.");
            }
        }
        return options with { Faults = faults };
    }

    private static int Number(string option, string value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw new ArgumentException($"{option} takes a number, not '{value}'.");
}
