using MalariaIncident.Engine.Text;

namespace MalariaIncident.Engine.Stores;

/// <summary>The journal's file: made for its owner alone.</summary>
internal sealed class StoreFile(string path)
{
    /// <summary>No outcome of a mitigation is to be lost because its intent took the last page.</summary>
    private const long LeastFreeBytes = 256 * 1024;

    private readonly string _folder = Path.GetDirectoryName(path)!;

    public bool Exists => File.Exists(path);

    public CommitAnchor Anchor { get; } = new(path);

    /// <summary>Makes the file where there is none, and throws what stands against writing it.</summary>
    public void Prepare()
    {
        try
        {
            NetworkFileSystem.Refuse(path);
            EnsureNotEmptied();
            if (!Exists)
            {
                CreateFolder();
                CreateEmpty();
            }

            EnsureSpace();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw SqliteFailures.Translate(failure, path);
        }
    }

    /// <summary>StoreUnreadable for a folder, StoreCorrupt for a journal that was emptied.</summary>
    public void EnsureNotEmptied()
    {
        if (Directory.Exists(path))
        {
            throw new IncidentException(
                FailureKind.StoreUnreadable, $"The journal {path} is a folder.", path, advice: $"Name a file in {StoreLocation.Variable}, for example {Path.Combine(path, "journal.db")}.");
        }

        if (new FileInfo(path) is { Exists: true, Length: 0 } && Anchor.Read() is { Count: > 0 } lost)
        {
            throw SqliteFailures.Corrupt(path, $"it is empty, and {Amount.Of(lost.Count, "write")} {Amount.Word(lost.Count, "was", "were")} acknowledged", null);
        }
    }

    private void CreateFolder()
    {
        if (Directory.Exists(_folder))
        {
            return;
        }

        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(_folder);
        }
        else
        {
            Directory.CreateDirectory(_folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    /// <summary>SQLite gives the files that it makes beside this one the same permissions.</summary>
    private void CreateEmpty()
    {
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.ReadWrite | FileShare.Delete };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        new FileStream(path, options).Dispose();
    }

    private void EnsureSpace()
    {
        long free;
        try
        {
            free = new DriveInfo(_folder).AvailableFreeSpace;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // Not every file system tells; then the write itself will.
            return;
        }

        if (free < LeastFreeBytes)
        {
            throw SqliteFailures.Full(path, null);
        }
    }
}
