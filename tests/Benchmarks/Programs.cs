using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Text;

namespace Benchmarks;

/// <summary>Runs programs and measures them.</summary>
internal static class Programs
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    public static string Sandbox { get; } = Metadata("SandboxProgram");

    public static string Host { get; } = Metadata("HostProgram");

    public static string Module { get; } = Metadata("ModuleManifest");

    /// <summary>This program.</summary>
    public static string Self => typeof(Programs).Assembly.Location;

    /// <summary>Starts <c>dotnet program arguments</c> with its streams in hand.</summary>
    public static Process StartDotnet(string program, IEnumerable<string> arguments) => Start("dotnet", [program, .. arguments], []);

    /// <summary>Runs to the end; throws with its complaint where it fails.</summary>
    public static Measured Run(string command, IEnumerable<string> arguments, params (string Name, string Value)[] environment) =>
        Watch(command, arguments, environment, Stream.Null);

    /// <summary>Runs a script; the memory of the programs that it starts is not seen.</summary>
    public static Measured Shell(string script) => Run("sh", ["-c", script]) with { PeakBytes = 0 };

    /// <summary>Runs to the end, and keeps what it says.</summary>
    public static (Measured Measured, string Output) Ask(string command, IEnumerable<string> arguments, params (string Name, string Value)[] environment)
    {
        using var output = new MemoryStream();
        Measured measured = Watch(command, arguments, environment, output);
        return (measured, Encoding.UTF8.GetString(output.ToArray()).Trim());
    }

    private static Measured Watch(string command, IEnumerable<string> arguments, IEnumerable<(string Name, string Value)> environment, Stream output)
    {
        TimeSpan before = CpuOfEndedChildren();
        var clock = Stopwatch.StartNew();
        using Process process = Start(command, arguments, environment);
        process.StandardInput.Close();
        Task drained = process.StandardOutput.BaseStream.CopyToAsync(output);
        Task<string> complaints = process.StandardError.ReadToEndAsync();
        long peak = 0;
        TimeSpan cpu = TimeSpan.Zero;
        while (!process.WaitForExit(5))
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
            catch (Exception gone) when (gone is InvalidOperationException or System.ComponentModel.Win32Exception)
            {
                break;
            }
        }

        process.WaitForExit();
        TimeSpan wall = clock.Elapsed;
        drained.Wait(Longest);
        TimeSpan exact = CpuOfEndedChildren() - before;
        cpu = exact > TimeSpan.Zero ? exact : cpu;
        return process.ExitCode == 0
            ? new Measured(wall, cpu, peak)
            : throw new InvalidOperationException($"{command} ended with {process.ExitCode}: {complaints.Result}");
    }

    /// <summary>On Linux the kernel adds up what ended children used, their own children included.</summary>
    private static TimeSpan CpuOfEndedChildren()
    {
        const string Own = "/proc/self/stat";
        if (!File.Exists(Own))
        {
            return TimeSpan.Zero;
        }

        // Behind the name, which may hold spaces: 13th and 14th field, in hundredths of a second.
        string[] fields = File.ReadAllText(Own).Split(") ")[^1].Split(' ');
        return TimeSpan.FromMilliseconds(10 * (long.Parse(fields[13], CultureInfo.InvariantCulture) + long.Parse(fields[14], CultureInfo.InvariantCulture)));
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
