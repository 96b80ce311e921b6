using MalariaIncident.Engine.Postgres.Connections;

namespace MalariaIncident.Engine.Postgres.Poolers;

/// <summary>A pooler whose console is open.</summary>
internal sealed class Pooler : IAsyncDisposable
{
    private readonly ConsoleAddress _address;
    private readonly Func<Deadline> _deadline;
    private PoolerConsole _console;

    private Pooler(ConsoleAddress address, PoolerConsole console, Func<Deadline> deadline)
    {
        _address = address;
        _console = console;
        _deadline = deadline;
    }

    public string Server => _address.Server;

    public string Encryption => _console.Encryption;

    /// <summary>All of them, or none: what can be reached only in part is not changed in part.</summary>
    public static async Task<IReadOnlyList<Pooler>> OpenAllAsync(IReadOnlyList<ConsoleAddress> addresses, Func<Deadline> deadline, CancellationToken stop)
    {
        var opened = new List<Pooler>();
        try
        {
            foreach (var address in addresses)
            {
                opened.Add(new(address, await PoolerConsole.OpenAsync(address, deadline(), stop), deadline));
            }

            return opened;
        }
        catch
        {
            await CloseAllAsync(opened);
            throw;
        }
    }

    public static async Task CloseAllAsync(IEnumerable<Pooler> poolers)
    {
        foreach (var pooler in poolers)
        {
            await pooler.DisposeAsync();
        }
    }

    public Task<PoolView> ViewAsync(CancellationToken stop) => PoolView.ReadAsync(_console, _deadline(), stop);

    public Task SendAsync(string command, Deadline deadline, CancellationToken stop) => _console.AskAsync(command, deadline, stop);

    /// <summary>A new console in place of one that still waits, or was lost.</summary>
    public async Task ReopenAsync(CancellationToken stop)
    {
        await _console.DisposeAsync();
        _console = await PoolerConsole.OpenAsync(_address, _deadline(), stop);
    }

    public ValueTask DisposeAsync() => _console.DisposeAsync();
}
