using Engine.Tests.Incidents;
using MalariaIncident;
using MalariaIncident.Engine.Stores;
using Microsoft.Data.Sqlite;

namespace Engine.Tests.Stores;

/// <summary>Where the journal lies, who may read it, and what happens where it cannot be written.</summary>
public sealed class StorePlaceTests : IDisposable
{
    private readonly JournalPlace _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public void The_variable_names_the_file_else_it_lies_in_the_users_data_folder()
    {
        Assert.Equal(Path.GetFullPath("here.db"), StoreLocation.Resolve(_ => "here.db"));
        Assert.EndsWith(Path.Combine("malaria-incident", "journal.db"), StoreLocation.Resolve(_ => null), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reading_makes_no_journal()
    {
        Assert.Empty(await _place.Incidents.ListAsync(new IncidentFilter(), default).ToListAsync());
        Assert.Empty(await _place.Incidents.TimelineAsync(null, default).ToListAsync());
        Assert.Empty(await _place.Incidents.VerifyAsync(null, default).ToListAsync());
        await FailsAsync(FailureKind.IncidentNotFound, () => _place.Incidents.NoteAsync("INC-2026-0001", "lost", default));
        await FailsAsync(FailureKind.IncidentNotFound, () => _place.Incidents.CloseAsync("INC-2026-0001", new IncidentClosure(), default));
        await FailsAsync(FailureKind.IncidentNotFound, () => _place.Journal.EnsureWritableAsync("INC-2026-0001", default));

        Assert.Equal("INC-2026-????", (await _place.Incidents.PreviewAsync(new IncidentDeclaration { Title = "maybe" }, default)).Id);

        Assert.False(File.Exists(_place.StorePath));
    }

    [SkippableFact]
    public async Task Only_its_owner_may_read_it()
    {
        _place.StorePath = Path.Combine(_place.Folder, "made", "by", "the-module", "journal.db");

        await _place.DeclareAsync();

        if (OperatingSystem.IsWindows())
        {
            Skip.If(true, "Windows gives the user's data folder to the user alone");
            return;
        }

        const UnixFileMode owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        Assert.Equal(owner | UnixFileMode.UserExecute, new FileInfo(_place.StorePath).Directory!.UnixFileMode);
        foreach (var file in Directory.GetFiles(Path.GetDirectoryName(_place.StorePath)!))
        {
            Assert.Equal(owner, File.GetUnixFileMode(file));
        }
    }

    [Fact]
    public async Task It_is_durable_by_WAL_and_FULL()
    {
        await _place.DeclareAsync();
        using var connection = SqliteConnections.Open(_place.StorePath, SqliteOpenMode.ReadOnly);
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA journal_mode";
        Assert.Equal("wal", command.ExecuteScalar());
    }

    /// <summary>faults.md: a read-only file system is refused before acting, and can still be read.</summary>
    [SkippableFact]
    public async Task A_read_only_folder_is_refused_before_acting_and_can_be_read()
    {
        using var mount = new TemporaryMount("4m");
        _place.StorePath = Path.Combine(mount.Folder, "journal.db");
        var id = (await _place.DeclareAsync()).Id;
        mount.MakeReadOnly();

        var failure = await FailsAsync(FailureKind.StoreReadOnly, () => _place.Journal.EnsureWritableAsync(id, default));
        Assert.Contains(_place.StorePath, failure.Message, StringComparison.Ordinal);
        await FailsAsync(FailureKind.StoreReadOnly, () => _place.Incidents.NoteAsync(id, "lost", default));
        await _place.Journal.AppendEvidenceAsync(id, "looked", null, default);
        Assert.Equal(id, (await _place.Incidents.GetAsync(id, default)).Id);

        _place.StorePath = Path.Combine(mount.Folder, "elsewhere", "journal.db");
        await FailsAsync(FailureKind.StoreReadOnly, () => _place.DeclareAsync());
    }

    /// <summary>faults.md: a full disk is refused before acting; what is there stays whole and can be read.</summary>
    [SkippableFact]
    public async Task A_full_disk_is_refused_before_acting_and_loses_nothing()
    {
        using var mount = new TemporaryMount("1m");
        _place.StorePath = Path.Combine(mount.Folder, "journal.db");
        var id = (await _place.DeclareAsync()).Id;
        var ballast = new byte[1 << 12];
        await using (var filler = File.Create(Path.Combine(mount.Folder, "ballast")))
        {
            try
            {
                while (true)
                {
                    filler.Write(ballast);
                    filler.Flush();
                }
            }
            catch (IOException)
            {
                // Full.
            }
        }

        var failure = await FailsAsync(FailureKind.StoreFull, () => _place.Journal.EnsureWritableAsync(id, default));
        Assert.Contains(_place.StorePath, failure.Message, StringComparison.Ordinal);
        await FailsAsync(FailureKind.StoreFull, () => _place.Incidents.NoteAsync(id, "lost", default));
        Assert.Equal(1, (await _place.Incidents.GetAsync(id, default)).LastSequence);

        mount.Free(Path.Combine(mount.Folder, "ballast"));
        Assert.Equal(2, (await _place.Incidents.NoteAsync(id, "kept", default)).Sequence);
    }

    [SkippableFact]
    public async Task A_disk_that_fills_up_in_mid_journal_loses_no_acknowledged_event()
    {
        using var mount = new TemporaryMount("900k");
        _place.StorePath = Path.Combine(mount.Folder, "journal.db");
        var id = (await _place.DeclareAsync()).Id;
        var acknowledged = 1L;
        var failure = await Assert.ThrowsAsync<IncidentException>(async () =>
        {
            while (true)
            {
                acknowledged = (await _place.Incidents.NoteAsync(id, new string('n', 20_000), default)).Sequence;
            }
        });

        Assert.Equal(FailureKind.StoreFull, failure.Kind);
        Assert.True(acknowledged > 3);
        Assert.Equal(acknowledged, (await _place.Incidents.GetAsync(id, default)).LastSequence);
        Assert.All(await _place.Incidents.VerifyAsync(null, default).ToListAsync(), check => Assert.True(check.Intact, check.Reason));
    }

    /// <summary>faults.md: an older module reads a newer store, and does not write it.</summary>
    [Fact]
    public async Task A_newer_schema_is_read_and_never_written()
    {
        var id = (await _place.DeclareAsync()).Id;
        Execute($"ALTER TABLE events ADD COLUMN mood TEXT; PRAGMA user_version = {SqliteSchema.Current + 1}");
        var before = await File.ReadAllBytesAsync(_place.StorePath);

        Assert.Equal(id, (await _place.Incidents.GetAsync(id, default)).Id);
        await FailsAsync(FailureKind.StoreNewer, () => _place.Incidents.NoteAsync(id, "no", default));
        await FailsAsync(FailureKind.StoreNewer, () => _place.Journal.EnsureWritableAsync(id, default));
        Assert.Equal(before, await File.ReadAllBytesAsync(_place.StorePath));
    }

    [Fact]
    public async Task An_older_schema_is_read_as_it_is_and_migrated_whole_by_the_first_write()
    {
        var id = (await _place.DeclareAsync()).Id;
        Execute("DROP TABLE journal; DROP TRIGGER events_are_never_changed; DROP TRIGGER events_are_never_deleted; PRAGMA user_version = 1");

        Assert.Equal(id, (await _place.Incidents.GetAsync(id, default)).Id);
        Assert.Equal(1, Version());

        // A migration that does not come to its commit leaves the older schema, whole.
        using (var killed = SqliteConnections.Open(_place.StorePath, SqliteOpenMode.ReadWrite))
        {
            SqliteConnections.Execute(killed, "BEGIN IMMEDIATE");
            SqliteSchema.Migrate(killed);
        }

        Assert.Equal(1, Version());
        Assert.Equal(2, (await _place.Incidents.NoteAsync(id, "migrated", default)).Sequence);
        Assert.Equal(SqliteSchema.Current, Version());
        Assert.True((await _place.Incidents.VerifyAsync(id, default).SingleAsync()).Intact);
    }

    [Fact]
    public async Task The_read_only_switch_of_the_process_covers_the_journal()
    {
        var id = (await _place.DeclareAsync()).Id;
        _place.Variables["MALARIA_INCIDENT_READONLY"] = "1";

        await FailsAsync(FailureKind.ReadOnlyMode, () => _place.Incidents.NoteAsync(id, "no", default));
        await FailsAsync(FailureKind.ReadOnlyMode, () => _place.DeclareAsync());
        await _place.Journal.AppendEvidenceAsync(id, "looking is allowed", null, default);
        Assert.Equal(1, (await _place.Incidents.GetAsync(id, default)).LastSequence);
    }

    [Fact]
    public async Task A_folder_in_its_place_is_said()
    {
        Directory.CreateDirectory(_place.StorePath);
        await FailsAsync(FailureKind.StoreUnreadable, () => _place.DeclareAsync());
        await FailsAsync(FailureKind.StoreUnreadable, () => _place.Incidents.GetAsync("INC-2026-0001", default));
    }

    /// <summary>traps.md: never WAL on a network file system: detect, refuse.</summary>
    [Theory]
    [InlineData("/home/ada/journal.db", "nfs4")]
    [InlineData("/home/ada/local/journal.db", null)]
    [InlineData("/mnt/c/journal.db", "9p")]
    [InlineData("/mnt/my share/journal.db", "cifs")]
    [InlineData("/mnt/ssh/journal.db", "fuse.sshfs")]
    [InlineData("/homeless/journal.db", null)]
    public void A_network_file_system_is_recognised(string path, string? type)
    {
        string[] mounts =
        [
            "22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/root rw",
            "30 22 0:40 / /home rw - nfs4 server:/home rw,vers=4.2",
            "31 30 254:1 / /home/ada/local rw - xfs /dev/vdb rw",
            "32 22 0:41 / /mnt/c rw - 9p C:\\134 rw,aname=drvfs;path=C:\\;uid=1000,trans=fd",
            @"33 22 0:42 / /mnt/my\040share rw - cifs //server/share rw",
            "34 22 0:43 / /mnt/ssh rw - fuse.sshfs ada@server: rw",
        ];
        Assert.Equal(type, NetworkFileSystem.TypeAt(path, mounts));
    }

    [Fact]
    public void The_root_of_a_sandboxed_container_is_no_network()
        => Assert.Null(NetworkFileSystem.TypeAt("/root/journal.db", ["1 0 0:1 / / rw - 9p none rw,trans=fd,rfdno=4,wfdno=4,aname=/"]));

    private static async Task<IncidentException> FailsAsync(FailureKind kind, Func<Task> act)
    {
        var failure = await Assert.ThrowsAsync<IncidentException>(act);
        Assert.Equal(kind, failure.Kind);
        return failure;
    }

    private int Version()
    {
        using var connection = SqliteConnections.Open(_place.StorePath, SqliteOpenMode.ReadOnly);
        return SqliteSchema.VersionOf(connection);
    }

    private void Execute(string sql)
    {
        using var connection = SqliteConnections.Open(_place.StorePath, SqliteOpenMode.ReadWrite);
        SqliteConnections.Execute(connection, sql);
    }
}
