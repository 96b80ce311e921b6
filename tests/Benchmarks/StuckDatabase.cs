using System.Diagnostics;
using System.Globalization;
using MalariaIncident.Sandbox.Databases;

namespace Benchmarks;

/// <summary>Sessions that are stuck, held by a process of their own: their ends must not cost the one that is measured.</summary>
internal sealed class StuckDatabase : IDisposable
{
    public const string Verb = "hold-stuck-sessions";

    private readonly Process holder;

    private StuckDatabase(Process holder) => this.holder = holder;

    public static StuckDatabase Open(string connectionString, int sessions)
    {
        Process program = Programs.StartDotnet(Programs.Self, [Verb, connectionString, sessions.ToString(CultureInfo.InvariantCulture)]);
        Task<string> complaints = program.StandardError.ReadToEndAsync();
        return program.StandardOutput.ReadLine() == "stuck"
            ? new StuckDatabase(program)
            : throw new InvalidOperationException($"The sessions could not be opened: {complaints.Result}");
    }

    /// <summary>The other process: until the end of its input.</summary>
    public static async Task HoldAsync(string connectionString, int sessions)
    {
        await using StuckQueries stuck = await StuckQueries.OpenAsync(connectionString, new() { Victims = sessions, LongQuery = false }, CancellationToken.None);
        Console.WriteLine("stuck");
        await Console.In.ReadToEndAsync();
    }

    public void Dispose()
    {
        holder.StandardInput.Close();
        if (!holder.WaitForExit(TimeSpan.FromSeconds(30)))
        {
            holder.Kill(entireProcessTree: true);
        }

        holder.Dispose();
    }
}
