namespace MalariaIncident.Engine.Postgres.Activity;

/// <summary>The server's words for what a session is doing.</summary>
internal static class SessionStates
{
    public const string Active = "active";
    public const string Idle = "idle";
    public const string IdleInTransaction = "idle in transaction";

    /// <summary>Also where the transaction has failed already and waits for its ROLLBACK.</summary>
    public static bool IsIdleInTransaction(string state) => state.StartsWith(IdleInTransaction, StringComparison.Ordinal);
}
