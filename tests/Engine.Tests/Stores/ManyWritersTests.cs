using Engine.Tests.Incidents;
using MalariaIncident;
using MalariaIncident.Engine.Stores;
using Microsoft.Data.Sqlite;

namespace Engine.Tests.Stores;

public sealed class ManyWritersTests : IDisposable
{
    private readonly JournalPlace _place = new();

    public void Dispose() => _place.Dispose();

    /// <summary>faults.md: many processes append: none lost, none doubled, no gaps.</summary>
    [Fact]
    public async Task Processes_writing_at_once_leave_one_chain_without_gaps()
    {
        const int processes = 4;
        const int notes = 25;
        var id = (await _place.DeclareAsync()).Id;
        var writers = Enumerable.Range(0, processes).Select(_ => new WriterProcess(_place.StorePath, id, notes)).ToList();
        try
        {
            foreach (var writer in writers)
            {
                Assert.True(await writer.EndAsync() == 0, writer.Complaint);
            }
        }
        finally
        {
            writers.ForEach(writer => writer.Dispose());
        }

        var sequences = await _place.Incidents.TimelineAsync(id, default).Select(entry => entry.Sequence).ToListAsync();
        Assert.Equal(Enumerable.Range(1, 1 + (processes * notes)).Select(number => (long)number), sequences);
        Assert.True((await _place.Incidents.VerifyAsync(id, default).SingleAsync()).Intact);
    }

    [Fact]
    public async Task Tasks_declaring_at_once_get_numbers_without_gaps()
    {
        var incidents = await Task.WhenAll(Enumerable.Range(0, 20).Select(number => Task.Run(() => _place.DeclareAsync($"incident {number}"))));

        Assert.Equal(Enumerable.Range(1, 20).Select(number => $"INC-2026-{number:D4}"), incidents.Select(incident => incident.Id).Order(StringComparer.Ordinal));
    }

    /// <summary>The schema comes with the first write; whoever looks meanwhile sees no journal or a whole one, never a file of somebody else.</summary>
    [Fact]
    public async Task Looking_while_the_first_write_is_made_finds_nothing_or_all()
    {
        for (var turn = 0; turn < 40; turn++)
        {
            using var place = new JournalPlace();
            using var begin = new Barrier(3);
            var looks = Enumerable.Range(0, 2).Select(_ => Task.Run(async () =>
            {
                begin.SignalAndWait();
                int found;
                do
                {
                    found = (await place.Store.ReadAllAsync([], default)).Count;
                }
                while (found == 0);
                return found;
            })).ToArray();
            begin.SignalAndWait();
            await place.DeclareAsync();
            Assert.All(await Task.WhenAll(looks), found => Assert.Equal(1, found));
        }
    }

    /// <summary>traps.md: waiting for the lock is not cancellable in the library.</summary>
    [Fact]
    public async Task Waiting_for_another_writer_can_be_cancelled()
    {
        var id = (await _place.DeclareAsync()).Id;
        using var other = HoldWriteLock();
        await Promise.WithinAsync(TimeSpan.FromSeconds(2), async () =>
        {
            using var stop = new CancellationTokenSource();
            var writing = Task.Run(() => _place.Incidents.NoteAsync(id, "waiting", stop.Token));
            Assert.NotSame(writing, await Task.WhenAny(writing, Task.Delay(200)));
            await stop.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writing);
        });
    }

    [Fact]
    public async Task A_writer_that_never_ends_is_StoreBusy_for_changes_and_silent_for_evidence()
    {
        var id = (await _place.DeclareAsync()).Id;
        using var other = HoldWriteLock();

        var failure = await Assert.ThrowsAsync<IncidentException>(
            () => _place.Store.WriteAsync(transaction => Task.FromResult(true), TimeSpan.FromMilliseconds(100), default));
        Assert.Equal(FailureKind.StoreBusy, failure.Kind);
        Assert.Contains(_place.StorePath, failure.Message, StringComparison.Ordinal);

        await _place.Journal.AppendEvidenceAsync(id, "looked at the pods", null, default);
        Assert.Equal(1, (await _place.Journal.GetAsync(id, default)).LastSequence);
    }

    private SqliteConnection HoldWriteLock()
    {
        var connection = SqliteConnections.Open(_place.StorePath, SqliteOpenMode.ReadWrite);
        SqliteConnections.Execute(connection, "BEGIN IMMEDIATE");
        return connection;
    }
}
