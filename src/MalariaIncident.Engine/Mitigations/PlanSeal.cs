using System.Security.Cryptography;
using System.Text;

namespace MalariaIncident.Engine.Mitigations;

/// <summary>Says who planned, and binds the plan to a digest, so that what is approved and what is done are the same.</summary>
internal static class PlanSeal
{
    public static MitigationPlan Seal(MitigationPlan plan, string actor, DateTimeOffset now)
    {
        var said = plan with { PlannedBy = actor, PlannedAt = now };
        return said with { Digest = DigestOf(said) };
    }

    /// <summary>PlanAltered.</summary>
    public static void Check(MitigationPlan plan)
    {
        if (plan.Digest is null || !string.Equals(plan.Digest, DigestOf(plan), StringComparison.Ordinal))
        {
            throw new IncidentException(
                FailureKind.PlanAltered, $"The plan {plan.Id} ({plan.Summary}) is not the one that was made: its content does not give its digest.", plan.Id);
        }
    }

    /// <summary>
    /// The way to the object may differ between two people (their kubeconfig, their password) and the patience too; the object itself is pinned
    /// by its uid, or by process id and start, in the instructions.
    /// </summary>
    private static string DigestOf(MitigationPlan plan)
    {
        var essence = plan with
        {
            Digest = null,
            Deadline = TimeSpan.Zero,
            Scope = plan.Scope with { KubeConfig = null, Context = null, ConnectionString = null, Timeout = null },
        };
        return $"sha256:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(MitigationJson.Write(essence).ToJsonString())))}";
    }
}
