using Engine.Tests.Incidents;
using MalariaIncident;
using MalariaIncident.Engine.Stores;
using Microsoft.Data.Sqlite;

namespace Engine.Tests.Stores;

/// <summary>faults.md: whatever is done to the file is detected, said with the path and what to do, and never made anew.</summary>
public sealed class DamageTests : IDisposable
{
    private readonly JournalPlace _place = new();

    public void Dispose() => _place.Dispose();

    [Theory]
    [InlineData("UPDATE events SET text = 'note 3, prettier' WHERE sequence = 3", 3, "event 3 is not what was written")]
    [InlineData("UPDATE events SET time = '2026-03-14T02:00:00.0000000Z' WHERE sequence = 1", 1, "event 1 is not what was written")]
    [InlineData("DELETE FROM events WHERE sequence = 2", 2, "event 2 is missing")]
    [InlineData("DELETE FROM events WHERE sequence > 3", 4, "the end is cut off: 5 events were written")]
    [InlineData("DELETE FROM events", 1, "the end is cut off: 5 events were written")]
    [InlineData("DELETE FROM heads", 5, "the head of the chain is missing")]
    [InlineData("DELETE FROM events WHERE sequence = 5; UPDATE heads SET sequence = 4", 4, "the head of the chain does not fit its last event")]
    public async Task An_edited_journal_does_not_verify(string edit, long brokenAt, string reason)
    {
        var id = await WriteFiveAsync();
        Edit("DROP TRIGGER events_are_never_changed; DROP TRIGGER events_are_never_deleted; " + edit);

        var check = await _place.Incidents.VerifyAsync(id, default).SingleAsync();

        Assert.False(check.Intact);
        Assert.Equal(brokenAt, check.BrokenAt);
        Assert.Equal(reason, check.Reason);
    }

    [Theory]
    [InlineData("UPDATE events SET text = 'prettier'")]
    [InlineData("DELETE FROM events")]
    public async Task Events_are_never_changed_by_a_slip(string edit)
    {
        await WriteFiveAsync();
        Assert.Throws<SqliteException>(() => Edit(edit));
    }

    [Fact]
    public async Task Nothing_is_appended_to_an_end_that_does_not_fit()
    {
        var id = await WriteFiveAsync();
        Edit("DROP TRIGGER events_are_never_deleted; DELETE FROM events WHERE sequence = 5");

        await FailsAsync(FailureKind.StoreCorrupt, () => _place.Incidents.NoteAsync(id, "too late", default));
    }

    [Fact]
    public async Task A_flipped_byte_in_an_event_is_found()
    {
        var id = await WriteFiveAsync();
        var bytes = await File.ReadAllBytesAsync(_place.StorePath);
        bytes[bytes.AsSpan().IndexOf("note 3"u8) + 5] ^= 0x01;
        await File.WriteAllBytesAsync(_place.StorePath, bytes);

        Assert.Equal(3, (await _place.Incidents.VerifyAsync(id, default).SingleAsync()).BrokenAt);
    }

    [Fact]
    public async Task A_torn_page_is_found_and_named()
    {
        await WriteFiveAsync();
        var bytes = await File.ReadAllBytesAsync(_place.StorePath);
        bytes.AsSpan(4096).Fill(0xA5);
        await File.WriteAllBytesAsync(_place.StorePath, bytes);

        Assert.All(await _place.Incidents.VerifyAsync(null, default).ToListAsync(), check => Assert.False(check.Intact));
        await FailsAsync(FailureKind.StoreCorrupt, () => _place.DeclareAsync());
        Assert.Equal(bytes, await File.ReadAllBytesAsync(_place.StorePath));
    }

    [Fact]
    public async Task A_file_of_something_else_is_left_alone()
    {
        await File.WriteAllTextAsync(_place.StorePath, new string('x', 5000));

        var failure = await FailsAsync(FailureKind.StoreCorrupt, () => _place.DeclareAsync());

        Assert.Contains(".recover", failure.Advice, StringComparison.Ordinal);
        Assert.Equal(new string('x', 5000), await File.ReadAllTextAsync(_place.StorePath));
    }

    [Fact]
    public async Task Another_programs_database_is_left_alone()
    {
        using (var theirs = new SqliteConnection($"Data Source={_place.StorePath};Pooling=False"))
        {
            theirs.Open();
            SqliteConnections.Execute(theirs, "CREATE TABLE photographs (name TEXT)");
        }

        await FailsAsync(FailureKind.StoreUnreadable, () => _place.DeclareAsync());
        await FailsAsync(FailureKind.StoreUnreadable, () => _place.Incidents.ListAsync(new IncidentFilter(), default).ToListAsync().AsTask());
    }

    [Fact]
    public async Task An_emptied_journal_is_not_begun_anew()
    {
        var id = await WriteFiveAsync();
        await File.WriteAllBytesAsync(_place.StorePath, []);

        await FailsAsync(FailureKind.StoreCorrupt, () => _place.DeclareAsync());
        await FailsAsync(FailureKind.StoreCorrupt, () => _place.Incidents.GetAsync(id, default));
        Assert.Equal(0, new FileInfo(_place.StorePath).Length);
    }

    [Fact]
    public async Task An_empty_file_that_never_was_a_journal_becomes_one()
    {
        await File.WriteAllBytesAsync(_place.StorePath, []);

        Assert.Equal("INC-2026-0001", (await _place.DeclareAsync()).Id);
    }

    /// <summary>A WAL that is cut off, or gone, leaves a file that fits together, only shorter: nothing inside it can tell.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_cut_off_WAL_is_found(bool deleted)
    {
        var id = await WriteFiveAsync();
        var wal = _place.StorePath + "-wal";
        byte[] database, log;
        using (var reader = SqliteConnections.Open(_place.StorePath, SqliteOpenMode.ReadWrite))
        {
            // A reader keeps the log from being folded into the file, as in a machine that loses power.
            SqliteConnections.Execute(reader, "BEGIN; SELECT count(*) FROM events");
            await _place.Incidents.NoteAsync(id, "acknowledged, and only in the log", default);
            await _place.Incidents.NoteAsync(id, "this one too", default);
            (database, log) = (ReadShared(_place.StorePath), ReadShared(wal));
        }

        await File.WriteAllBytesAsync(_place.StorePath, database);
        File.Delete(_place.StorePath + "-shm");
        File.Delete(wal);
        if (!deleted)
        {
            await File.WriteAllBytesAsync(wal, log[..^5000]);
        }

        Assert.Contains(await _place.Incidents.VerifyAsync(null, default).ToListAsync(), check => !check.Intact && check.Reason.Contains("cut off", StringComparison.Ordinal));
        var failure = await FailsAsync(FailureKind.StoreCorrupt, () => _place.Incidents.NoteAsync(id, "on top", default));

        // The way out that the advice names.
        Assert.Contains(_place.StorePath + ".anchor", failure.Advice, StringComparison.Ordinal);
        File.Delete(_place.StorePath + ".anchor");
        await _place.Incidents.NoteAsync(id, "on top", default);
    }

    [Fact]
    public async Task An_older_copy_put_back_is_found_and_a_new_file_is_another_journal()
    {
        await WriteFiveAsync();
        var copy = await File.ReadAllBytesAsync(_place.StorePath);
        await _place.DeclareAsync();
        await File.WriteAllBytesAsync(_place.StorePath, copy);
        await FailsAsync(FailureKind.StoreCorrupt, () => _place.DeclareAsync());

        File.Delete(_place.StorePath);
        Assert.Equal("INC-2026-0001", (await _place.DeclareAsync()).Id);
    }

    private static byte[] ReadShared(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    private static async Task<IncidentException> FailsAsync(FailureKind kind, Func<Task> act)
    {
        var failure = await Assert.ThrowsAsync<IncidentException>(act);
        Assert.Equal(kind, failure.Kind);
        Assert.NotNull(failure.Advice);
        return failure;
    }

    private async Task<string> WriteFiveAsync()
    {
        var id = (await _place.DeclareAsync()).Id;
        for (var number = 2; number <= 5; number++)
        {
            await _place.Incidents.NoteAsync(id, $"note {number}", default);
        }

        return id;
    }

    private void Edit(string sql)
    {
        using var connection = SqliteConnections.Open(_place.StorePath, SqliteOpenMode.ReadWrite);
        SqliteConnections.Execute(connection, sql);
    }
}
