using System.Diagnostics;

namespace Benchmarks;

/// <summary>The highest memory of this process since a moment. Only Linux lets the high-water mark be lowered; elsewhere it is that of the whole life.</summary>
internal static class PeakMemory
{
    /// <summary>Starts anew, and returns what is in use now.</summary>
    public static long Begin()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        if (OperatingSystem.IsLinux())
        {
            File.WriteAllText("/proc/self/clear_refs", "5");
        }

        using Process here = Process.GetCurrentProcess();
        return here.WorkingSet64;
    }

    public static long Above(long before)
    {
        using Process here = Process.GetCurrentProcess();
        return here.PeakWorkingSet64 - before;
    }
}
