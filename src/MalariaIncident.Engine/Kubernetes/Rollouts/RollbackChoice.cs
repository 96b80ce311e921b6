namespace MalariaIncident.Engine.Kubernetes.Rollouts;

/// <summary>
/// The revision to go back to, and why. Never simply the one before: <c>set env</c>, <c>rollout restart</c> and a patch of the limits
/// make revisions too, and those keep the bad image.
/// </summary>
internal sealed record RollbackChoice
{
    public Revision? Target { get; private init; }
    public IReadOnlyList<string> Reasons { get; private init; } = [];
    public IReadOnlyList<string> Warnings { get; private init; } = [];
    /// <summary>Why there is no target.</summary>
    public IncidentException? Refusal { get; private init; }
    public required IReadOnlyDictionary<string, RevisionVerdict> Verdicts { get; init; }

    public static RollbackChoice Make(RollbackFacts facts)
    {
        var judged = facts.Revisions.Select(revision => (Revision: revision, Verdict: RevisionVerdict.Of(revision, facts))).ToList();
        var none = new RollbackChoice { Verdicts = judged.ToDictionary(entry => entry.Revision.ReplicaSet, entry => entry.Verdict, StringComparer.Ordinal) };
        if (AlreadyBack(facts) is { } back)
        {
            return none with { Refusal = new IncidentException(FailureKind.NothingToDo, back, facts.Deployment.Name,
                advice: "If it is not well, see Get-RolloutHistory and name a revision with -ToRevision.") };
        }

        var proven = judged.Where(entry => entry.Verdict.Standing == Standing.Proven).ToList();
        var unproven = judged.Where(entry => entry.Verdict.Standing == Standing.Unproven).ToList();
        if (proven.Count == 0 && unproven.Count != 1)
        {
            return none with { Refusal = unproven.Count == 0 ? Missing(facts, judged) : Ambiguous(facts, unproven) };
        }

        var (target, verdict) = proven.Count > 0 ? proven[0] : unproven[0];
        var skipped = judged
            .Where(entry => entry.Verdict.Standing is Standing.Unfit or Standing.Unproven && entry.Revision.Number > target.Number)
            .Select(entry => $"revision {entry.Revision.Number} was passed over: it {entry.Verdict.Reason}");
        return none with
        {
            Target = target,
            Reasons = [$"revision {target.Number} ({facts.InWords(target)}) {verdict.Reason}", .. skipped],
            Warnings = verdict.Standing == Standing.Proven
                ? facts.Notes
                : [$"Revision {target.Number} is the only one with another image, but it {verdict.Reason}.", .. facts.Notes],
        };
    }

    /// <summary>A revision that the operator named. RevisionNotFound, NothingToDo.</summary>
    public static RollbackChoice Named(RollbackFacts facts, long number)
    {
        var target = facts.Revisions.FirstOrDefault(revision => revision.Number == number)
            ?? facts.Revisions.FirstOrDefault(revision => revision.EarlierNumbers.Contains(number));
        if (target is null)
        {
            throw new IncidentException(
                FailureKind.RevisionNotFound,
                $"Deployment {facts.Deployment.Name} has no revision {number}; it has {List(facts)}.",
                number,
                advice: "Choose one of these; Get-RolloutHistory shows what each would change.");
        }

        var verdict = RevisionVerdict.Of(target, facts);
        if (verdict.Standing == Standing.Current)
        {
            throw new IncidentException(
                FailureKind.NothingToDo, $"Deployment {facts.Deployment.Name} runs revision {target.Number} already ({facts.InWords(target)}).", number);
        }

        return new RollbackChoice
        {
            Target = target,
            Verdicts = new Dictionary<string, RevisionVerdict>(StringComparer.Ordinal) { [target.ReplicaSet] = verdict },
            Reasons = [
                target.Number == number ? $"revision {number} was named by the operator" : $"revision {number}, named by the operator, is numbered {target.Number} since it was live again",
                $"revision {target.Number} ({facts.InWords(target)}) {verdict.Reason}"],
            Warnings = verdict.Standing == Standing.Proven ? facts.Notes : [$"Revision {target.Number} {verdict.Reason}.", .. facts.Notes],
        };
    }

    /// <summary>
    /// The deployment was rolled back in this incident (or, outside one, within a day) and its pods do not fail: going back
    /// once more would leave a release that works.
    /// </summary>
    private static string? AlreadyBack(RollbackFacts facts) =>
        facts.Current is not { } current || facts.Failing.ContainsKey(current.ReplicaSet)
            ? null
            // A restart of what was gone back to is still that.
            : facts.Revisions
                .Where(revision => revision == current || revision.Template.IsRestartedAs(current.Template))
                .Where(revision => !facts.RevivedByUndo(revision))
                .Select(revision => WentBackTo(revision, facts))
                .FirstOrDefault(words => words is not null);

    private static string? WentBackTo(Revision target, RollbackFacts facts)
    {
        var since = facts.IncidentStartedAt ?? facts.Now.AddDays(-1);
        var ours = facts.Rollbacks.FirstOrDefault(past => past.ToReplicaSet == target.ReplicaSet && past.Time >= since);
        if (ours is not null)
        {
            return $"Deployment {facts.Deployment.Name} runs {facts.InWords(target)} already: {ours.MitigationId} rolled it back at {Duration.Moment(ours.Time)}.";
        }

        var revivedAt = facts.Periods.Of(target).LastOrDefault()?.From;
        var leftNewer = target.EarlierNumbers.Count > 0 && facts.Revisions.Any(other =>
            other.CreatedAt > target.CreatedAt && other.Number > target.EarlierNumbers[^1] && other.Number < target.Number
            && !facts.SameImage(other.Template.Images, target.Template.Images));
        return leftNewer && (revivedAt is null || revivedAt >= since)
            ? $"Deployment {facts.Deployment.Name} was rolled back already: revision {target.Number} went back to what revision {target.EarlierNumbers[^1]} had run ({facts.InWords(target)})."
            : null;
    }

    private static IncidentException Missing(RollbackFacts facts, IReadOnlyList<(Revision Revision, RevisionVerdict Verdict)> judged)
    {
        var why = judged
            .Where(entry => entry.Verdict.Standing != Standing.Current)
            .Select(entry => $"revision {entry.Revision.Number} {entry.Verdict.Reason}")
            .ToList();
        return new IncidentException(
            FailureKind.RollbackTargetMissing,
            why.Count == 0
                ? $"Deployment {facts.Deployment.Name} has one revision only; there is nothing to roll back to."
                : $"Deployment {facts.Deployment.Name} has no revision to roll back to: {string.Join("; ", why)}.",
            facts.Deployment.Name,
            advice: why.Count == 0
                ? "Deploy a known good image through the pipeline, or switch features off with Set-ServiceDegradation."
                : "Look at Get-RolloutHistory; if you know better, name a revision with -ToRevision.");
    }

    private static IncidentException Ambiguous(RollbackFacts facts, IReadOnlyList<(Revision Revision, RevisionVerdict Verdict)> unproven) =>
        new(FailureKind.RollbackTargetAmbiguous,
            $"Nothing shows which revision of deployment {facts.Deployment.Name} was healthy before the incident: "
            + string.Join("; ", unproven.Select(entry => $"revision {entry.Revision.Number} ({facts.InWords(entry.Revision)}) {entry.Verdict.Reason}")) + ".",
            facts.Deployment.Name,
            advice: $"Name one: -ToRevision {string.Join(" or -ToRevision ", unproven.Select(entry => entry.Revision.Number))}. Get-RolloutHistory shows what each would change.");

    private static string List(RollbackFacts facts) =>
        string.Join(", ", facts.Revisions.Select(revision => $"{revision.Number} ({facts.InWords(revision)})"));
}
