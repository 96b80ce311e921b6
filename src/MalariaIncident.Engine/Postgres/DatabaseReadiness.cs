using MalariaIncident.Engine.Postgres.Connections;
using MalariaIncident.Engine.Postgres.Statements;
using MalariaIncident.Engine.Readiness;

namespace MalariaIncident.Engine.Postgres;

/// <summary>Does the database let us in, and may the role see and stop what an incident may ask for?</summary>
internal sealed class DatabaseReadiness(PostgresConnector connector) : IReadinessContributor
{
    private const string Stop = "Stop-LongQuery";
    private const string Slow = "Get-SlowQuery";
    private static readonly string[] Looking = ["Get-LongQuery", "Get-DatabaseLock", "Get-DatabaseConnection", Slow];
    private static readonly string[] Every = [.. Looking, Stop, "Test-IncidentResolution"];

    public async Task<IReadOnlyList<ReadinessCheck>> CheckAsync(ReadinessInquiry inquiry, CancellationToken cancellationToken)
    {
        if (!inquiry.Wants(ReadinessArea.Database) || !inquiry.Wants(Every))
        {
            return [];
        }

        var question = inquiry.Ask(ReadinessArea.Database, "Connection", Every);
        PostgresSession? session = null;
        try
        {
            var connected = await question.AskAsync(
                async token =>
                {
                    session = await connector.OpenAsync(inquiry.Scope, SessionUse.Read, connector.DeadlineOf(inquiry.Scope), token);
                    return question.Ready($"{session.Server} lets '{session.Facts.Role}' into '{session.Facts.Database}' (PostgreSQL {session.Facts.Major}).");
                },
                cancellationToken,
                failure => failure.Kind == FailureKind.SettingMissing ? question.NotChecked(failure) : question.NotReady(failure));
            return session is null
                ? [connected.Status == ReadinessStatus.NotChecked && connected.Failure is null ? question.NotReady(connected.Detail, connected.Advice) : connected]
                : [connected, .. Role(inquiry, session), await StatementsAsync(inquiry, session, cancellationToken)];
        }
        finally
        {
            if (session is not null)
            {
                await session.DisposeAsync();
            }
        }
    }

    private static IEnumerable<ReadinessCheck> Role(ReadinessInquiry inquiry, PostgresSession session)
    {
        var facts = session.Facts;
        var role = SqlName.Quote(facts.Role);

        var primary = inquiry.Ask(ReadinessArea.Database, "Primary", Stop, "Get-LongQuery");
        yield return facts.IsStandby
            ? primary.NotReady($"{session.Server} is a standby: queries that block the application run on the primary.", "Name the primary in the connection string.")
            : primary.Ready($"{session.Server} is the primary.");

        var direct = inquiry.Ask(ReadinessArea.Database, "Direct", Stop);
        yield return session.IsThroughPooler
            ? direct.NotReady($"{session.Server} is a connection pooler: process ids seen through it are not the server's.", "Connect to the PostgreSQL server itself.")
            : direct.Ready("No pooler stands between.");

        var encryption = inquiry.Ask(ReadinessArea.Database, "Encryption", Every);
        yield return session.Encryption is var seen && (seen == "none" || seen.Contains("not verified", StringComparison.Ordinal))
            ? encryption.Warning($"Encryption: {seen}.", "Set sslmode=verify-full and sslrootcert in the connection string.")
            : encryption.Ready($"Encryption: {seen}.");

        var sees = inquiry.Ask(ReadinessArea.Database, "pg_read_all_stats", Every);
        yield return !facts.SeesOthers
            ? sees.NotReady($"'{facts.Role}' cannot see what other sessions do: \"no long query\" would prove nothing.", $"Have an administrator run: GRANT pg_read_all_stats TO {role}; (or sql/ir_read.sql)")
            : facts.TracksActivities
                ? sees.Ready($"'{facts.Role}' sees what other sessions do.")
                : sees.NotReady($"{session.Server} does not track what its sessions do.", "Have an administrator run: ALTER SYSTEM SET track_activities = on; SELECT pg_reload_conf();");

        var signals = inquiry.Ask(ReadinessArea.Database, "pg_signal_backend", Stop);
        yield return facts.MaySignal
            ? signals.Ready($"'{facts.Role}' may stop queries of others{(facts.IsSuperuser ? "; it is a superuser, which is more than is needed" : ", but not those of superusers")}.")
            : signals.NotReady($"'{facts.Role}' may stop its own queries only.", $"Have an administrator run: GRANT pg_signal_backend TO {role}; (or sql/ir_act.sql)");
    }

    private static Task<ReadinessCheck> StatementsAsync(ReadinessInquiry inquiry, PostgresSession session, CancellationToken cancellationToken)
    {
        var question = inquiry.Ask(ReadinessArea.Database, "pg_stat_statements", Slow);
        return question.AskAsync(
            async token =>
            {
                await StatementsView.FindAsync(session, token);
                return question.Ready("Statistics of statements are kept.");
            },
            cancellationToken,
            question.Warning);
    }
}
