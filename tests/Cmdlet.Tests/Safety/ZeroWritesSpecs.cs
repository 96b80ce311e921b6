using Cmdlet.Tests.Harness;
using MalariaIncident;

namespace Cmdlet.Tests.Safety;

/// <summary>A sandbox with a bad release and a blocked table, an incident, and a mitigation that could be undone.</summary>
public sealed class TroubledWorld : IDisposable
{
    private readonly TemporaryStore _store = new();
    private readonly SandboxProcess _sandbox = SandboxProcess.Start("bad-release", "blocked-table");
    private readonly RecordingProxy? _database;
    private readonly RecordingProxy? _cache;

    public TroubledWorld()
    {
        var folder = Path.GetDirectoryName(_sandbox.EnvironmentFile)!;
        _database = HasDatabase ? RecordingProxy.Before(Path.Combine(folder, "database-connection")) : null;
        _cache = File.Exists(Path.Combine(folder, "cache-connection")) ? RecordingProxy.Before(Path.Combine(folder, "cache-connection")) : null;
        Environment.SetEnvironmentVariable("MALARIA_INCIDENT_ENVIRONMENTS", _sandbox.EnvironmentFile);
        using var shell = new Shell();
        Incident = shell.Get<Incident>("New-Incident -Title 'Zero writes' -UsersAffected 60 -StartedAt ([datetimeoffset]::UtcNow.AddMinutes(-2))")[0].Id;
        Mitigation = shell.Get<DeploymentChangeResult>("Set-ServiceDegradation -DisableFeature ML_PREDICTIONS -NoWait -Confirm:$false")[0].MitigationId;
        Plan = Path.Combine(_store.Folder, "other.plan.json");
        Assert.Null(shell.Run($"$env:MALARIA_INCIDENT_ACTOR = 'somebody else'; Set-ServiceDegradation -Replicas 1 -PlanPath '{Plan}'; $env:MALARIA_INCIDENT_ACTOR = $null").Error);
        if (HasPooler)
        {
            Assert.Null(shell.Run("Suspend-ConnectionPool reporting -Confirm:$false").Error);
        }

        Directory.CreateDirectory(Reports);
    }

    private static readonly string[] Looks = ["SELECT", "SHOW", "SET", "BEGIN", "START", "COMMIT", "ROLLBACK", "DISCARD", "WITH", "--"];
    private static readonly string[] Signals = ["pg_cancel_backend", "pg_terminate_backend"];

    public string Incident { get; }
    public string Mitigation { get; }
    public string Plan { get; }
    public bool HasDatabase => _sandbox.HasDatabase;
    public bool HasPooler => _sandbox.HasPooler;
    private string Reports => Path.Combine(_store.Folder, "reports");

    /// <summary>Everything that a change could leave a trace in.</summary>
    public string State()
    {
        using var shell = new Shell();
        var journal = shell.Get<JournalCheck>("Test-IncidentJournal").Sum(check => check.Events);
        var backends = HasDatabase ? shell.Get<LongQuery>("Get-LongQuery -MinimumDuration ([timespan]::FromMilliseconds(1)) -IncludeIdleInTransaction").Select(query => query.ProcessId).Order().ToArray() : [];
        return $"{_sandbox.Writes.Count} writes, {journal} events, {Directory.GetFiles(Reports).Length} files, backends {string.Join(",", backends)}, {_sandbox.PoolerCommands} commands to the pooler";
    }

    /// <summary>What was said to the database that is not a look.</summary>
    public IReadOnlyList<string> DatabaseWrites => [.. (_database?.Said ?? []).SelectMany(PostgresWords.Of).Where(IsNoLook)];

    /// <summary>How much was said to the cache: no command that changes something has anything to say to it.</summary>
    public long CacheBytes => (_cache?.Said ?? []).Sum(said => said.LongLength);

    public bool HasSpokenToDatabase => _database?.Said.Count > 0;

    private static bool IsNoLook(string statement)
        => !Looks.Any(look => statement.StartsWith(look, StringComparison.OrdinalIgnoreCase)) || Signals.Any(signal => statement.Contains(signal, StringComparison.OrdinalIgnoreCase));

    public string Call(string command) => ChangingCommands.Calls[command]
        .Replace("{incident}", Incident, StringComparison.Ordinal)
        .Replace("{mitigation}", Mitigation, StringComparison.Ordinal)
        .Replace("{plan}", Plan, StringComparison.Ordinal)
        .Replace("{folder}", Reports, StringComparison.Ordinal);

    public void Dispose()
    {
        _database?.Dispose();
        _cache?.Dispose();
        _sandbox.Dispose();
        _store.Dispose();
    }
}

/// <summary>
/// Without a yes nothing changes: not the cluster (its API server's own request log), not the database and the cache (proxies read what is said to them, and the backends still stand), not the store, not the disk. Every command
/// that supports ShouldProcess goes through every way of not saying yes; a new one without a call in <see cref="ChangingCommands"/> fails.
/// </summary>
[Collection(TemporaryStore.Name)]
public sealed class ZeroWritesSpecs(TroubledWorld world) : IClassFixture<TroubledWorld>
{
    private const int No = 2;

    public static TheoryData<string> Commands => [.. ChangingCommands.Calls.Keys];

    public static TheoryData<string> Planning => [.. ChangingCommands.Planning()];

    [Fact]
    public void Every_changing_command_has_a_proof()
        => Assert.Equal(ChangingCommands.Names().Order(StringComparer.Ordinal), ChangingCommands.Calls.Keys.Order(StringComparer.Ordinal));

    [SkippableTheory]
    [MemberData(nameof(Commands))]
    public void WhatIf_shows_a_plan_and_changes_nothing(string command)
        => Proves(command, new ScriptedHost(), call => $"{call} -WhatIf", (outcome, host) =>
        {
            Assert.True(outcome.Error is null && outcome.Errors.Count == 0, $"{outcome.Error} {string.Join("; ", outcome.Errors)}");
            Assert.Contains("What if: ", host.Shown, StringComparison.Ordinal);
        });

    [SkippableTheory]
    [MemberData(nameof(Commands))]
    public void WhatIfPreference_changes_nothing(string command)
        => Proves(command, new ScriptedHost(), call => $"$WhatIfPreference = $true; {call}", (outcome, host) =>
        {
            Assert.True(outcome.Error is null && outcome.Errors.Count == 0, $"{outcome.Error} {string.Join("; ", outcome.Errors)}");
            Assert.Contains("What if: ", host.Shown, StringComparison.Ordinal);
        });

    [SkippableTheory]
    [MemberData(nameof(Commands))]
    public void A_declined_prompt_changes_nothing(string command)
        => Proves(command, new ScriptedHost(_ => No), call => $"{call} -Confirm", (outcome, host) =>
        {
            Assert.True(outcome.Error is null && outcome.Errors.Count == 0, $"{outcome.Error} {string.Join("; ", outcome.Errors)}");
            Assert.NotEmpty(host.Prompts);
        });

    [SkippableTheory]
    [MemberData(nameof(Commands))]
    public void A_prompt_that_nobody_answers_is_an_error_and_changes_nothing(string command)
        => Proves(command, new ScriptedHost(), call => $"{call} -Confirm", (outcome, _)
            => Assert.StartsWith("ConfirmationImpossible,", (outcome.Error ?? outcome.Errors.Single()).FullyQualifiedErrorId, StringComparison.Ordinal));

    [SkippableTheory]
    [MemberData(nameof(Commands))]
    public void In_a_read_only_process_even_a_yes_in_a_parallel_runspace_changes_nothing(string command)
    {
        Proves(
            command,
            new ScriptedHost(),
            call => $"$env:MALARIA_INCIDENT_READONLY = '1'; $WhatIfPreference = $true; 1 | ForEach-Object -Parallel {{ Import-Module '{Paths.ModuleManifest}'; try {{ {call} -Confirm:$false -WhatIf:$false }} catch {{ $_.FullyQualifiedErrorId }} }}",
            (outcome, _) => Assert.Contains(outcome.Output, item => item.BaseObject is string id && id.StartsWith("ReadOnlyMode,", StringComparison.Ordinal)));
    }

    /// <summary>
    /// Two probes of a service, findings on its pods, lines of its log: what comes down a pipeline names one object more than once. A slot that was switched for each would be back where it was.
    /// </summary>
    [SkippableTheory]
    [MemberData(nameof(Planning))]
    public void What_several_results_ask_for_is_planned_once_and_changes_nothing(string command)
        => Proves(command, new ScriptedHost(), call => $"1..3 | ForEach-Object {{ [pscustomobject]@{{ Environment = 'production' }} }} | {call} -PlanOnly", (outcome, _) =>
        {
            Assert.True(outcome.Error is null && outcome.Errors.Count == 0, $"{outcome.Error} {string.Join("; ", outcome.Errors)}");
            Assert.IsType<MitigationPlan>(Assert.Single(outcome.Output).BaseObject);
        });

    /// <summary>A thread job inherits no preference and has a yes of its own; the process is what is read-only.</summary>
    [Fact]
    public async Task In_a_read_only_process_no_thread_job_changes_anything()
    {
        var state = world.State();
        var commands = ChangingCommands.Calls.Keys.Where(command => world.HasDatabase || command != "Stop-LongQuery").ToArray();
        var calls = string.Join(",", commands.Select(command => $"{{ try {{ {world.Call(command)} -Confirm:$false -WhatIf:$false | Out-Null; '{command} went on' }} catch {{ $_.FullyQualifiedErrorId }} }}"));
        var run = await Host.HostProgram.Run(
            "",
            new Dictionary<string, string?>
            {
                ["MALARIA_INCIDENT_READONLY"] = "1",
                ["MALARIA_INCIDENT_STORE"] = Environment.GetEnvironmentVariable("MALARIA_INCIDENT_STORE"),
                ["MALARIA_INCIDENT_ENVIRONMENTS"] = Environment.GetEnvironmentVariable("MALARIA_INCIDENT_ENVIRONMENTS"),
            },
            "-Command",
            $"$WhatIfPreference = $true; foreach ($call in {calls}) {{ Start-ThreadJob -ScriptBlock $call | Receive-Job -Wait -AutoRemoveJob }}");
        Assert.Equal(commands.Length, run.Expect(0).Lines.Length);
        Assert.All(run.Lines, line => Assert.StartsWith("ReadOnlyMode,", line, StringComparison.Ordinal));
        Assert.Equal(state, world.State());
        Assert.Empty(world.DatabaseWrites);
    }

    private void Proves(string command, ScriptedHost host, Func<string, string> script, Action<Outcome, ScriptedHost> then)
    {
        if (command == "Stop-LongQuery")
        {
            Servers.Require(world.HasDatabase, "PostgreSQL");
        }

        if (command.EndsWith("-ConnectionPool", StringComparison.Ordinal))
        {
            Servers.Require(world.HasPooler, "PgBouncer");
        }

        var state = world.State();
        using var shell = new Shell(host);
        // Whatever a command writes down for the session's incident would show.
        Assert.Null(shell.Run($"Use-Incident {world.Incident}").Error);
        Outcome outcome;
        try
        {
            outcome = shell.Run(script(world.Call(command)));
        }
        finally
        {
            Environment.SetEnvironmentVariable("MALARIA_INCIDENT_READONLY", null);
        }

        then(outcome, host);
        Assert.Equal(state, world.State());
        Assert.Empty(world.DatabaseWrites);
        Assert.Equal(0, world.CacheBytes);
        Assert.Equal(world.HasDatabase, world.HasSpokenToDatabase);
    }
}
