namespace MalariaIncident.Engine.Stores;

/// <summary>
/// WAL shares memory between the processes that have the file open, which no network file system gives: writers on two machines
/// would overwrite each other (https://www.sqlite.org/wal.html#overview, "WAL does not work over a network filesystem").
/// </summary>
internal static class NetworkFileSystem
{
    private static readonly string[] Types =
    [
        "nfs", "nfs4", "cifs", "smb", "smb2", "smb3", "smbfs", "ncpfs", "afs", "ceph", "glusterfs", "lustre", "gfs2", "ocfs2", "beegfs", "davfs", "vboxsf", "webdav", "prl_fs",
        "fuse.sshfs", "fuse.glusterfs", "fuse.s3fs", "fuse.rclone", "fuse.davfs2", "fuse.ceph", "fuse.gcsfuse", "fuse.moosefs", "fuse.juicefs", "fuse.vmhgfs-fuse",
    ];

    /// <summary>StoreOnNetworkFileSystem.</summary>
    public static void Refuse(string path)
    {
        if (TypeAt(path) is { } type)
        {
            throw new IncidentException(
                FailureKind.StoreOnNetworkFileSystem,
                $"The journal {path} lies on a network file system ({type}), where two machines writing at once would lose events.",
                path,
                advice: $"Name a file on a local disk in {StoreLocation.Variable}.");
        }
    }

    /// <summary>The file system's type where it is a network's, else null.</summary>
    private static string? TypeAt(string path)
    {
        if (OperatingSystem.IsLinux())
        {
            try
            {
                return TypeAt(path, File.ReadLines("/proc/self/mountinfo"));
            }
            catch (IOException)
            {
                return null;
            }
        }

        if (path.StartsWith(@"\\", StringComparison.Ordinal))
        {
            return "a network share";
        }

        var drive = DriveInfo.GetDrives().Where(candidate => IsUnder(path, candidate.Name)).MaxBy(candidate => candidate.Name.Length);
        return drive?.DriveType == DriveType.Network ? "a network drive" : null;
    }

    /// <summary>Reads mountinfo (proc(5)): the deepest mount point above the path decides, of several at one point the last.</summary>
    internal static string? TypeAt(string path, IEnumerable<string> mountInfo)
    {
        (string Point, string Type, string Options)? deepest = null;
        foreach (var line in mountInfo)
        {
            var halves = line.Split(" - ", 2);
            var left = halves[0].Split(' ');
            var right = halves.Length == 2 ? halves[1].Split(' ') : [];
            if (left.Length < 5 || right.Length < 3)
            {
                continue;
            }

            var point = left[4].Replace(@"\040", " ", StringComparison.Ordinal).Replace(@"\011", "\t", StringComparison.Ordinal).Replace(@"\134", @"\", StringComparison.Ordinal);
            if (IsUnder(path, point) && point.Length >= (deepest?.Point.Length ?? 0))
            {
                deepest = (point, right[0], right[2]);
            }
        }

        return deepest is { } mount && IsNetwork(mount.Type, mount.Options) ? mount.Type : null;
    }

    // 9p is a network's where it crosses machines (Windows drives in WSL among them); as the root of a container it does not.
    private static bool IsNetwork(string type, string options) => Types.Contains(type, StringComparer.OrdinalIgnoreCase)
        || (type == "9p" && (options.Contains("aname=drvfs", StringComparison.Ordinal) || options.Contains("trans=tcp", StringComparison.Ordinal) || options.Contains("trans=virtio", StringComparison.Ordinal)));

    private static bool IsUnder(string path, string point) =>
        path == point || path.StartsWith(point.EndsWith(Path.DirectorySeparatorChar) ? point : point + Path.DirectorySeparatorChar, StringComparison.Ordinal);
}
