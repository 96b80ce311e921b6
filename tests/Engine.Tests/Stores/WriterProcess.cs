using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Reflection;

namespace Engine.Tests.Stores;

/// <summary>A process that writes to a journal and says what was acknowledged.</summary>
internal sealed class WriterProcess : IDisposable
{
    private readonly Process _process;
    private readonly ConcurrentQueue<(string Incident, long Sequence)> _acknowledged = new();
    private readonly SemaphoreSlim _said = new(0);

    public WriterProcess(string storePath, string incident, int count)
    {
        var program = typeof(WriterProcess).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "JournalWriter").Value!;
        var start = new ProcessStartInfo(Environment.ProcessPath!.EndsWith("dotnet", StringComparison.Ordinal) ? Environment.ProcessPath : "dotnet")
        {
            ArgumentList = { program, incident, count.ToString(CultureInfo.InvariantCulture) },
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment =
            {
                ["MALARIA_INCIDENT_STORE"] = storePath,
                ["MALARIA_INCIDENT_ENVIRONMENTS"] = null,
                ["MALARIA_INCIDENT_RUNBOOK"] = null,
                ["MALARIA_INCIDENT_READONLY"] = null,
                ["DOTNET_TieredPGO"] = "0",
            },
        };
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Heard(line.Data);
        _process.ErrorDataReceived += (_, line) => Complaint += line.Data;
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public IReadOnlyCollection<(string Incident, long Sequence)> Acknowledged => _acknowledged;
    public string Complaint { get; private set; } = string.Empty;

    /// <summary>Until it has said so many lines, or ended.</summary>
    public async Task HearAsync(int lines)
    {
        for (var heard = 0; heard < lines && !_process.HasExited; heard++)
        {
            await _said.WaitAsync(TimeSpan.FromMinutes(1));
        }
    }

    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public async Task<int> EndAsync()
    {
        await _process.WaitForExitAsync();
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
        _said.Dispose();
    }

    private void Heard(string? line)
    {
        if (line?.Split(' ') is [var incident, var sequence, ..])
        {
            _acknowledged.Enqueue((incident, long.Parse(sequence, CultureInfo.InvariantCulture)));
            _said.Release();
        }

        // Null is the end of the output: nobody is to wait for more.
        if (line is null)
        {
            _said.Release(short.MaxValue);
        }
    }
}
