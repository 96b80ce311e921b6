using System.Globalization;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace MalariaIncident.Engine.Stores;

/// <summary>What SQLite and the file system say, in the words of the journal: what, where, and what to do.</summary>
internal static class SqliteFailures
{
    // HResults of IOException on Unix are errno values.
    private const int NoSpace = 28;
    private const int ReadOnlyFileSystem = 30;
    private const int DiskFullOnWindows = unchecked((int)0x80070070);

    public static IncidentException Translate(Exception failure, string path) => failure switch
    {
        SqliteException sqlite => Translate(sqlite, path),
        IOException { HResult: NoSpace or DiskFullOnWindows } => Full(path, failure),
        IOException { HResult: ReadOnlyFileSystem } or UnauthorizedAccessException => ReadOnly(path, failure),
        _ => Unreadable(path, failure.Message, failure),
    };

    public static IncidentException Full(string path, Exception? cause) => new(
        FailureKind.StoreFull,
        $"The disk that holds the journal {path} is full.",
        path,
        cause,
        $"Free some space there, or name a file on another disk in {StoreLocation.Variable}.");

    public static IncidentException Busy(string path, TimeSpan waited) => new(
        FailureKind.StoreBusy,
        string.Create(CultureInfo.InvariantCulture, $"Another process has been writing to the journal {path} for {waited.TotalSeconds:0} s without an end."),
        path,
        advice: "Try again; if it stays so, look for a process that hangs while it has the file open (lsof, Resource Monitor).");

    public static IncidentException Corrupt(string path, string why, Exception? cause) => new(
        FailureKind.StoreCorrupt,
        $"The journal {path} is damaged: {why.TrimEnd('.')}.",
        path,
        cause,
        Quarantine(path));

    private static string Quarantine(string path) =>
        $"Nothing was changed. Move {path} aside together with its -wal and -shm files ({path}.damaged), and salvage what is in it: "
        + $"sqlite3 {path}.damaged .recover | sqlite3 {path}. Or restore a backup. A new journal begins where none is at that place.";

    private static IncidentException Translate(SqliteException failure, string path) => failure.SqliteErrorCode switch
    {
        raw.SQLITE_FULL => Full(path, failure),
        raw.SQLITE_BUSY or raw.SQLITE_LOCKED => Busy(path, TimeSpan.FromSeconds(5)),
        raw.SQLITE_READONLY => ReadOnly(path, failure),
        raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB or raw.SQLITE_FORMAT => Corrupt(path, failure.Message, failure),
        raw.SQLITE_IOERR when IsFull(path) => Full(path, failure),
        raw.SQLITE_CANTOPEN when IsFull(path) => Full(path, failure),
        raw.SQLITE_CANTOPEN when File.Exists(path) && CanRead(path) => ReadOnly(path, failure),
        _ => Unreadable(path, failure.Message, failure),
    };

    private static IncidentException ReadOnly(string path, Exception cause) => new(
        FailureKind.StoreReadOnly,
        $"The journal {path} cannot be written: the file or its folder is read-only for this user.",
        path,
        cause,
        $"Give yourself write permission to the file and its folder, or name another file in {StoreLocation.Variable}.");

    private static IncidentException Unreadable(string path, string why, Exception cause) => new(
        FailureKind.StoreUnreadable,
        $"The journal {path} cannot be opened: {why.TrimEnd('.')}.",
        path,
        cause,
        $"Check the path and its permissions, or name another file in {StoreLocation.Variable}.");

    private static bool IsFull(string path)
    {
        try
        {
            return new DriveInfo(Path.GetDirectoryName(path)!).AvailableFreeSpace < 64 * 1024;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return false;
        }
    }

    private static bool CanRead(string path)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            return true;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
