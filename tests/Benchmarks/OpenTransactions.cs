using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace Benchmarks;

/// <summary>Very many sessions with a transaction open, held by a process of their own: their connections must not count as memory of the one that is measured.</summary>
internal sealed class OpenTransactions : IDisposable
{
    public const string Verb = "hold-open-transactions";

    /// <summary>A fork takes the server a while, and it takes no more than so many new clients at once.</summary>
    private const int AtOnce = 16;

    private readonly Process holder;

    private OpenTransactions(Process holder) => this.holder = holder;

    public static OpenTransactions Open(string connectionString, int sessions)
    {
        Process program = Programs.StartDotnet(Programs.Self, [Verb, connectionString, sessions.ToString(CultureInfo.InvariantCulture)]);
        Task<string> complaints = program.StandardError.ReadToEndAsync();
        return program.StandardOutput.ReadLine() == "open"
            ? new OpenTransactions(program)
            : throw new InvalidOperationException($"The sessions could not be opened: {complaints.Result}");
    }

    /// <summary>The other process: until the end of its input.</summary>
    public static async Task HoldAsync(string connectionString, int sessions)
    {
        var text = new NpgsqlConnectionStringBuilder(connectionString)
        {
            Pooling = false, ApplicationName = "prediction-api", Timeout = 120,
        };
        var builder = new NpgsqlDataSourceBuilder(text.ConnectionString);
        builder.ConfigureTypeLoading(types => types.EnableTypeLoading(false));
        await using NpgsqlDataSource source = builder.Build();
        var connections = new NpgsqlConnection[sessions];
        await Parallel.ForAsync(0, sessions, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (index, stop) =>
        {
            connections[index] = await source.OpenConnectionAsync(stop);
            await using var begin = new NpgsqlCommand("BEGIN", connections[index]);
            await begin.ExecuteNonQueryAsync(stop);
        });
        Console.WriteLine("open");
        await Console.In.ReadToEndAsync();
        // The kernel closes them all at once; one by one it takes minutes.
        Environment.Exit(0);
    }

    public void Dispose()
    {
        holder.StandardInput.Close();
        if (!holder.WaitForExit(TimeSpan.FromSeconds(60)))
        {
            holder.Kill(entireProcessTree: true);
        }

        holder.Dispose();
    }
}
