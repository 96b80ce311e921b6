namespace MalariaIncident.Engine.Kubernetes.Rollouts;

/// <summary>What the journal knows of earlier changes to a deployment, on any incident.</summary>
/// <param name="list">Mitigations of a kind's states, newest first. A function, since the ledger itself knows the acts of this room.</param>
internal sealed class PastMitigations(Func<MitigationFilter, CancellationToken, IAsyncEnumerable<Mitigation>> list)
{
    /// <summary>
    /// Rollbacks that stand and undoings of others, newest first. One whose outcome is not known counts: going forward again to what someone
    /// tried to leave is the worse mistake.
    /// </summary>
    public async Task<IReadOnlyList<PastRollback>> RollbacksAsync(string deploymentUid, CancellationToken cancellationToken)
    {
        var rollbacks = new List<PastRollback>();
        await foreach (var mitigation in OfAsync(MitigationKind.Rollback, deploymentUid, [MitigationState.InForce, MitigationState.Done, MitigationState.Unknown], cancellationToken))
        {
            var instructions = mitigation.Plan!.Instructions;
            rollbacks.Add(new PastRollback(
                mitigation.Id, mitigation.FinishedAt ?? mitigation.IntendedAt, instructions.Map("mark", "images"), instructions.Text("to", "replicaSet") ?? "")
            {
                IsUndo = mitigation.Undoes is not null,
            });
        }

        return rollbacks;
    }

    /// <summary>Changes of a kind to the deployment that are in force.</summary>
    public async Task<IReadOnlyList<Mitigation>> InForceAsync(MitigationKind kind, string deploymentUid, CancellationToken cancellationToken)
    {
        var found = new List<Mitigation>();
        await foreach (var mitigation in OfAsync(kind, deploymentUid, [MitigationState.InForce], cancellationToken))
        {
            found.Add(mitigation);
        }

        return found;
    }

    private async IAsyncEnumerable<Mitigation> OfAsync(
        MitigationKind kind,
        string deploymentUid,
        IReadOnlyList<MitigationState> states,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var mitigation in list(new MitigationFilter { States = states }, cancellationToken))
        {
            if (mitigation.Kind == kind && mitigation.Plan?.Instructions.Text("mark", "uid") == deploymentUid)
            {
                yield return mitigation;
            }
        }
    }
}
