using System.Diagnostics;

namespace Engine.Tests.Stores;

/// <summary>A small file system in memory. Making one takes root on Linux; elsewhere the test is skipped.</summary>
internal sealed class TemporaryMount : IDisposable
{
    public TemporaryMount(string size)
    {
        Skip.IfNot(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "mounting takes root on Linux");
        Folder = Directory.CreateTempSubdirectory("malaria-incident-mount-").FullName;
        var failure = Run("mount", "-t", "tmpfs", "-o", $"size={size}", "tmpfs", Folder);
        if (failure.Length > 0)
        {
            Directory.Delete(Folder);
            Skip.If(true, $"mounting is not allowed here: {failure}");
        }
    }

    public string Folder { get; }

    /// <summary>A program that another test starts at this moment has our open files until it runs: the mount is busy meanwhile.</summary>
    public void MakeReadOnly() => Assert.True(SpinWait.SpinUntil(() => Run("mount", "-o", "remount,ro", Folder).Length == 0, TimeSpan.FromMinutes(1)), "it stays busy");

    /// <summary>Removes a file; what it took is free once the last of such programs has let go of it.</summary>
    public void Free(string file)
    {
        var full = new DriveInfo(Folder).AvailableFreeSpace;
        File.Delete(file);
        Assert.True(SpinWait.SpinUntil(() => new DriveInfo(Folder).AvailableFreeSpace > full, TimeSpan.FromMinutes(1)), "it stays full");
    }

    public void Dispose()
    {
        Run("umount", "--lazy", Folder);
        Directory.Delete(Folder);
    }

    private static string Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? string.Empty : $"{program} failed: {error}";
    }
}
