using System.Runtime.Versioning;
using System.Security.Cryptography;

namespace MalariaIncident.Sandbox.Databases;

/// <summary>
/// An initialised data directory, made once a process and copied for every server: initdb takes longer than everything else
/// about starting one.
/// </summary>
[UnsupportedOSPlatform("windows")]
internal sealed class PostgresTemplate
{
    private static readonly SemaphoreSlim Gate = new(1, 1);
    private static PostgresTemplate? made;

    private readonly string directory;

    private PostgresTemplate(string data, string password)
    {
        directory = data;
        Password = password;
    }

    public const string Superuser = "postgres";

    /// <summary>Password of the superuser; another one in every process.</summary>
    public string Password { get; }

    public static async Task<PostgresTemplate> GetAsync(PostgresBinaries binaries, ServerAccount account, CancellationToken cancellationToken)
    {
        await Gate.WaitAsync(cancellationToken);
        try
        {
            return made ??= await MakeAsync(binaries, account, cancellationToken);
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
        var root = Path.Combine(Path.GetTempPath(), $"malaria-incident-postgres-{Guid.NewGuid():N}");
        await account.MakeDirectoryAsync(root, cancellationToken);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Remove(root);

        var password = RandomNumberGenerator.GetHexString(32, lowercase: true);
        var passwordFile = Path.Combine(root, "password");
        await File.WriteAllTextAsync(passwordFile, password, cancellationToken);
        // The directory is closed to everyone else; inside it the file may be read.
        File.SetUnixFileMode(passwordFile, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);

        var data = Path.Combine(root, "data");
        await ServerAccount.RunAsync(
            account.Command(binaries.InitDb, "-D", data, "-U", Superuser, $"--pwfile={passwordFile}", "--auth=scram-sha-256", "--encoding=UTF8",
                "--locale=C", "--no-sync", "--no-instructions"),
            cancellationToken);
        File.Delete(passwordFile);
        return new(data, password);
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
