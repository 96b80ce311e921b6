namespace MalariaIncident.Sandbox.Databases;

/// <summary>Where a PostgreSQL server is installed on this machine.</summary>
internal sealed record PostgresBinaries(string Directory)
{
    public const string FoldersVariable = "MALARIA_INCIDENT_POSTGRES_FOLDERS";

    public string Server => Path.Combine(Directory, "postgres");
    public string InitDb => Path.Combine(Directory, "initdb");
    public string BaseBackup => Path.Combine(Directory, "pg_basebackup");

    /// <summary>True where the statistics extension that <c>Get-SlowQuery</c> reads comes with the server.</summary>
    public bool HasStatements => LibraryDirectories().Any(directory => File.Exists(Path.Combine(directory, "pg_stat_statements.so")));

    /// <summary>PG_BIN, then PATH, then the newest of Debian's versioned folders; null where none holds a server.</summary>
    public static PostgresBinaries? Find() => FindAll().FirstOrDefault();

    /// <summary>Every server of this machine, the one that <see cref="Find"/> takes first; further folders can be named in <see cref="FoldersVariable"/>.</summary>
    public static IEnumerable<PostgresBinaries> FindAll() =>
        Candidates().Concat((Environment.GetEnvironmentVariable(FoldersVariable) ?? "").Split(Path.PathSeparator))
            .Where(directory => !string.IsNullOrEmpty(directory)).Select(Real).Distinct(StringComparer.Ordinal).Select(directory => new PostgresBinaries(directory))
            .Where(binaries => File.Exists(binaries.Server) && File.Exists(binaries.InitDb));

    /// <summary>Distributions link some of the programs into a common folder; the others, and the libraries, lie beside the real ones.</summary>
    private static string Real(string directory)
    {
        var server = new FileInfo(Path.Combine(directory, "postgres"));
        return server.Exists ? Path.GetDirectoryName(server.ResolveLinkTarget(returnFinalTarget: true)?.FullName) ?? directory : directory;
    }

    private static IEnumerable<string> Candidates()
    {
        yield return Environment.GetEnvironmentVariable("PG_BIN") ?? "";
        foreach (var directory in ExecutablePath.Directories())
        {
            yield return directory;
        }

        const string debian = "/usr/lib/postgresql";
        if (System.IO.Directory.Exists(debian))
        {
            var versions = System.IO.Directory.GetDirectories(debian)
                .OrderByDescending(path => int.TryParse(Path.GetFileName(path), out var major) ? major : 0);
            foreach (var version in versions)
            {
                yield return Path.Combine(version, "bin");
            }
        }
    }

    private IEnumerable<string> LibraryDirectories()
    {
        yield return Path.GetFullPath(Path.Combine(Directory, "../lib"));
        yield return Path.GetFullPath(Path.Combine(Directory, "../lib/postgresql"));
    }
}
