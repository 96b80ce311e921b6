using Microsoft.Data.Sqlite;

namespace MalariaIncident.Engine.Stores;

/// <summary>The journal's file: made for its owner alone, with its schema, in one step.</summary>
internal sealed class StoreFile(string path)
{
    /// <summary>No outcome of a mitigation is to be lost because its intent took the last page.</summary>
    private const long LeastFreeBytes = 256 * 1024;

    public string Path { get; } = path;

    public bool Exists => File.Exists(Path);

    /// <summary>Makes the file where there is none, and throws what stands against writing it.</summary>
    public void Prepare()
    {
        try
        {
            NetworkFileSystem.Refuse(Path);
            if (Directory.Exists(Path))
            {
                throw new IncidentException(
                    FailureKind.StoreUnreadable, $"The journal {Path} is a folder.", Path, advice: $"Name a file in {StoreLocation.Variable}, for example {System.IO.Path.Combine(Path, "journal.db")}.");
            }

            if (!Exists)
            {
                CreateFolder();
                Create();
            }

            EnsureSpace();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or SqliteException)
        {
            throw SqliteFailures.Translate(failure, Path);
        }
    }

    private void CreateFolder()
    {
        var folder = System.IO.Path.GetDirectoryName(Path)!;
        if (Directory.Exists(folder))
        {
            return;
        }

        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    /// <summary>
    /// Made beside and moved into place, so that no other process and no crash ever sees a file without its schema: an empty
    /// file under this name is damage, not a beginning.
    /// </summary>
    private void Create()
    {
        var beside = $"{Path}.new-{Environment.ProcessId}-{Guid.NewGuid():N}";
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            new FileStream(beside, options).Dispose();
            using (var connection = SqliteConnections.Open(beside, SqliteOpenMode.ReadWrite))
            {
                SqliteConnections.Execute(connection, "PRAGMA journal_mode = WAL");
                SqliteConnections.Execute(connection, "PRAGMA synchronous = FULL");
                SqliteConnections.Execute(connection, "BEGIN IMMEDIATE");
                SqliteSchema.Migrate(connection);
                SqliteConnections.Execute(connection, "COMMIT");
            }

            File.Move(beside, Path, overwrite: false);
        }
        catch (IOException) when (Exists)
        {
            // Another process was faster; its file is as good as ours.
        }
        finally
        {
            foreach (var leftover in (string[])[beside, beside + "-wal", beside + "-shm"])
            {
                File.Delete(leftover);
            }
        }
    }

    private void EnsureSpace()
    {
        long free;
        try
        {
            free = new DriveInfo(System.IO.Path.GetDirectoryName(Path)!).AvailableFreeSpace;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // Not every file system tells; then the write itself will.
            return;
        }

        if (free < LeastFreeBytes)
        {
            throw SqliteFailures.Full(Path, null);
        }
    }
}
