using MalariaIncident.Engine.Text;

namespace MalariaIncident.Engine.Kubernetes.Rollouts;

/// <summary>How a revision stands as the target of an emergency rollback.</summary>
internal enum Standing
{
    /// <summary>It is what runs now.</summary>
    Current,
    /// <summary>It would not help, or would make it worse.</summary>
    Unfit,
    /// <summary>It differs in the image, and nothing speaks for or against it.</summary>
    Unproven,
    /// <summary>It is known to have served before the incident.</summary>
    Proven,
}

/// <summary>The standing of one revision, and the reason in words that follow its name.</summary>
internal sealed record RevisionVerdict(Standing Standing, string Reason)
{
    /// <summary>A revision that stayed live this long is taken to have been healthy: bad releases are left sooner.</summary>
    public static readonly TimeSpan ProvenAfter = TimeSpan.FromMinutes(10);

    /// <summary>One that served this long is trusted although a pod of it failed once: events tell of the last hour only.</summary>
    private static readonly TimeSpan TrustedAfter = TimeSpan.FromDays(1);

    public static RevisionVerdict Of(Revision revision, RollbackFacts facts)
    {
        if (revision.Template.Fingerprint == facts.Deployment.Template.Fingerprint)
        {
            return new(Standing.Current, "runs now");
        }

        if (facts.SameImage(revision.Template.Images, facts.Deployment.Template.Images))
        {
            return new(Standing.Unfit, $"keeps the image that runs now, {facts.InWords(revision)}");
        }

        if (facts.Rollbacks.FirstOrDefault(past => !past.IsUndo && facts.SameImage(past.FromImages, revision.Template.Images) && !ServedSince(revision, facts, past.Time)) is { } past)
        {
            return new(Standing.Unfit, $"holds {facts.InWords(revision)}, which {past.MitigationId} rolled back from at {Duration.Moment(past.Time)}");
        }

        if (LeftByRollback(revision, facts) is { } left)
        {
            return new(Standing.Unfit, left);
        }

        if (facts.Failing.GetValueOrDefault(revision.ReplicaSet) is { } failing)
        {
            return new(Standing.Unfit, $"has failing pods now: {failing}");
        }

        if (revision.CreatedAt >= facts.Until)
        {
            return new(Standing.Unfit, $"was made at {Duration.Moment(revision.CreatedAt)}, after the incident began");
        }

        if (revision.ReadyReplicas > 0)
        {
            return new(Standing.Proven, $"still has {Amount.Of(revision.ReadyReplicas, "ready pod")}");
        }

        var lived = facts.Periods.LiveBefore(revision, facts.Until);
        if (lived < TrustedAfter && facts.FailedBefore.GetValueOrDefault(revision.ReplicaSet) is { } failed)
        {
            return new(Standing.Unfit, $"was live for {Duration.InWords(lived)} only, and its pods failed: {failed}");
        }

        return lived >= ProvenAfter
            ? new(Standing.Proven, $"was live for {Duration.InWords(lived)}{(facts.IncidentStartedAt is null ? "" : " before the incident")}")
            : new(Standing.Unproven, $"was live for {Duration.InWords(lived)} only, and nothing shows that it was ready");
    }

    private static bool ServedSince(Revision revision, RollbackFacts facts, DateTimeOffset rollback) =>
        facts.Periods.Of(revision).Any(period => period.From > rollback && period.From < facts.Until
            && ((period.Until < facts.Until ? period.Until : facts.Until) - period.From) >= ProvenAfter);

    /// <summary>
    /// Someone went back from it already, with our module elsewhere or with kubectl: an older ReplicaSet was revived right after it.
    /// </summary>
    private static string? LeftByRollback(Revision revision, RollbackFacts facts)
    {
        foreach (var older in facts.Revisions.Where(other => other.CreatedAt < revision.CreatedAt && other.EarlierNumbers.Count > 0
            && !facts.SameImage(other.Template.Images, revision.Template.Images) && !facts.RevivedByUndo(other)))
        {
            var numbers = older.EarlierNumbers.Append(older.Number).ToList();
            for (var i = 1; i < numbers.Count; i++)
            {
                if (numbers[i - 1] < revision.Number && revision.Number < numbers[i])
                {
                    return $"was left for an older template before: revision {numbers[i]} went back to what revision {numbers[i - 1]} had run";
                }
            }
        }

        return null;
    }
}
