using System.Diagnostics;
using System.Globalization;
using System.Runtime.Versioning;
using System.Security.Cryptography;

namespace MalariaIncident.Sandbox.Databases;

/// <summary>
/// An initialised data directory, made once a process and version, and copied for every server: initdb takes longer than everything else
/// about starting one. Processes that are given a folder to share it in make one together.
/// </summary>
[UnsupportedOSPlatform("windows")]
internal sealed class PostgresTemplate
{
    private static readonly SemaphoreSlim Gate = new(1, 1);
    private static readonly Dictionary<string, PostgresTemplate> Made = new(StringComparer.Ordinal);

    private readonly string directory;

    private PostgresTemplate(string data, string password)
    {
        directory = data;
        Password = password;
    }

    private const string Prefix = "malaria-incident-postgres-";

    /// <summary>Names a folder of the temporary directory for the templates of several processes; who names it removes it.</summary>
    private const string SharedFolderVariable = "MALARIA_INCIDENT_POSTGRES_TEMPLATES";

    public const string Superuser = "postgres";

    /// <summary>Password of the superuser; another one for every template.</summary>
    public string Password { get; }

    public static async Task<PostgresTemplate> GetAsync(PostgresBinaries binaries, ServerAccount account, CancellationToken cancellationToken)
    {
        await Gate.WaitAsync(cancellationToken);
        try
        {
            if (!Made.TryGetValue(binaries.Directory, out var template))
            {
                template = Made[binaries.Directory] = await MakeAsync(binaries, account, cancellationToken);
            }

            return template;
        }
        finally
        {
            Gate.Release();
        }
    }

    public Task CopyToAsync(string destination, CancellationToken cancellationToken) =>
        ServerAccount.RunAsync(["cp", "-a", directory, destination], cancellationToken);

    private static async Task<PostgresTemplate> MakeAsync(PostgresBinaries binaries, ServerAccount account, CancellationToken cancellationToken)
    {
        var shared = SharedRoot(binaries);
        if (Directory.Exists(shared))
        {
            return await ReadAsync(shared, cancellationToken);
        }

        RemoveThoseLeftBehind();
        var root = await InitialiseAsync(binaries, account, cancellationToken);
        if (shared is null)
        {
            return await ReadAsync(root, cancellationToken);
        }

        try
        {
            // It is there as a whole or not at all.
            Directory.Move(root, shared);
        }
        catch (IOException) when (Directory.Exists(shared))
        {
            // Another process was faster.
        }

        return await ReadAsync(shared, cancellationToken);
    }

    private static string? SharedRoot(PostgresBinaries binaries) =>
        Environment.GetEnvironmentVariable(SharedFolderVariable) is { Length: > 0 } folder
            ? Path.Combine(folder, binaries.Directory.Trim('/').Replace('/', '-'))
            : null;

    private static async Task<PostgresTemplate> ReadAsync(string root, CancellationToken cancellationToken) =>
        new(Path.Combine(root, "data"), await File.ReadAllTextAsync(Path.Combine(root, "password"), cancellationToken));

    private static async Task<string> InitialiseAsync(PostgresBinaries binaries, ServerAccount account, CancellationToken cancellationToken)
    {
        var root = Path.Combine(Path.GetTempPath(), $"{Prefix}{Environment.ProcessId}-{Guid.NewGuid():N}");
        await account.MakeDirectoryAsync(root, cancellationToken);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Remove(root);
        var passwordFile = Path.Combine(root, "password");
        await File.WriteAllTextAsync(passwordFile, RandomNumberGenerator.GetHexString(32, lowercase: true), cancellationToken);
        // The directory is closed to everyone else; inside it the file may be read.
        File.SetUnixFileMode(passwordFile, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        // A megabyte of write-ahead log at a time is enough, and copied with every server.
        await ServerAccount.RunAsync(
            account.Command(binaries.InitDb, "-D", Path.Combine(root, "data"), "-U", Superuser, $"--pwfile={passwordFile}", "--auth=scram-sha-256", "--encoding=UTF8",
                "--locale=C", "--wal-segsize=1", "--no-sync"),
            cancellationToken);
        return root;
    }

    /// <summary>A process that was killed (test runners do that to their own) could not remove its template.</summary>
    private static void RemoveThoseLeftBehind()
    {
        foreach (var folder in Directory.EnumerateDirectories(Path.GetTempPath(), Prefix + "*-*"))
        {
            var owner = Path.GetFileName(folder)[Prefix.Length..].Split('-')[0];
            if (int.TryParse(owner, NumberStyles.None, CultureInfo.InvariantCulture, out var process) && !Lives(process))
            {
                Remove(folder);
            }
        }
    }

    private static bool Lives(int processId)
    {
        try
        {
            using var process = Process.GetProcessById(processId);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static void Remove(string directory)
    {
        try
        {
            Directory.Delete(directory, recursive: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // A folder of the temporary directory that stays behind harms nobody.
        }
    }
}
