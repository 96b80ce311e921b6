using System.Diagnostics;
using System.Reflection;

namespace Benchmarks;

/// <summary>Runs programs and measures them.</summary>
internal static class Programs
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    public static string Sandbox { get; } = Metadata("SandboxProgram");

    public static string Host { get; } = Metadata("HostProgram");

    /// <summary>Starts <c>dotnet program arguments</c> with its streams in hand.</summary>
    public static Process StartDotnet(string program, IEnumerable<string> arguments) => Start("dotnet", [program, .. arguments], []);

    /// <summary>Runs to the end; throws with its complaint where it fails.</summary>
    public static Measured Run(string command, IEnumerable<string> arguments, params (string Name, string Value)[] environment)
    {
        var clock = Stopwatch.StartNew();
        using Process process = Start(command, arguments, environment);
        process.StandardInput.Close();
        Task drained = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
        Task<string> complaints = process.StandardError.ReadToEndAsync();
        long peak = 0;
        TimeSpan cpu = TimeSpan.Zero;
        while (!process.WaitForExit(10))
        {
            if (clock.Elapsed > Longest)
            {
                process.Kill(entireProcessTree: true);
                throw new TimeoutException($"{command} did not end within {Longest.TotalMinutes:0} minutes.");
            }

            // The figures of a process that has just ended are gone; the last reading stands.
            try
            {
                process.Refresh();
                peak = Math.Max(peak, process.PeakWorkingSet64);
                cpu = process.TotalProcessorTime;
            }
            catch (InvalidOperationException)
            {
                break;
            }
        }

        process.WaitForExit();
        TimeSpan wall = clock.Elapsed;
        drained.Wait(Longest);
        return process.ExitCode == 0
            ? new Measured(wall, cpu, peak)
            : throw new InvalidOperationException($"{command} ended with {process.ExitCode}: {complaints.Result}");
    }

    private static Process Start(string command, IEnumerable<string> arguments, IEnumerable<(string Name, string Value)> environment)
    {
        var start = new ProcessStartInfo(command, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start) ?? throw new InvalidOperationException($"{command} did not start.");
    }

    private static string Metadata(string key) =>
        typeof(Programs).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == key).Value!;
}
