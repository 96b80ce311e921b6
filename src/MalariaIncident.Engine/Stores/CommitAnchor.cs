using System.Globalization;
using System.Text;
using MalariaIncident.Engine.Text;

namespace MalariaIncident.Engine.Stores;

/// <summary>
/// How many commits were acknowledged, in a small file beside the journal. A WAL that was cut off or deleted, a file that was
/// emptied, an older copy put back: all of them leave a database that fits together, only shorter, and nothing inside it
/// can tell. The anchor is written after the commit and may lag behind it, never run ahead.
/// </summary>
internal sealed class CommitAnchor(string storePath)
{
    public string Path { get; } = storePath + ".anchor";

    /// <summary>
    /// Null where there is none, or where it cannot be read: then it proves nothing. Read twice, since a read may meet a write half way.
    /// </summary>
    public Commit? Read()
    {
        var first = ReadOnce();
        var second = ReadOnce();
        return first == second ? second : ReadOnce();
    }

    /// <summary>Written in place, at one length, without waiting for the disk: a write that is lost leaves an anchor that lags.</summary>
    public void Write(Commit commit)
    {
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.Write, Share = FileShare.ReadWrite | FileShare.Delete, BufferSize = 0 };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            using var stream = new FileStream(Path, options);
            stream.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{commit.Store} {commit.Count:D20}\n")));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // The commit itself is on disk; the next one anchors it too.
        }
    }

    private Commit? ReadOnce()
    {
        try
        {
            var parts = File.ReadAllText(Path).Split(' ', StringSplitOptions.TrimEntries);
            return parts.Length == 2 && long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? new Commit(parts[0], count) : null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}

/// <param name="Store">Which journal; a new file at the same place is another one.</param>
/// <param name="Count">How many writes it holds.</param>
internal sealed record Commit(string Store, long Count)
{
    /// <summary>What is missing of the acknowledged, in words; null where nothing is.</summary>
    public string? Missing(Commit? acknowledged) => acknowledged is not null && acknowledged.Store == Store && acknowledged.Count > Count
        ? string.Create(
            CultureInfo.InvariantCulture,
            $"{Amount.Of(acknowledged.Count, "write")} {Amount.Word(acknowledged.Count, "was", "were")} acknowledged and it holds {Count}: its end was cut off (a lost or shortened -wal file, or an older copy)")
        : null;
}
