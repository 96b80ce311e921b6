using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace MalariaIncident.Engine.Mitigations;

/// <summary>Several changes together: all planned before one is sent, then carried out at the same time, each for itself.</summary>
internal sealed class MitigationBatch(IMitigations one)
{
    public async Task<IReadOnlyList<MitigationPlan>> PlanAsync(IReadOnlyList<MitigationRequest> requests, CancellationToken cancellationToken)
    {
        var attempts = await Task.WhenAll(requests.Select(request => TryAsync(request, cancellationToken)));
        var failures = attempts.Where(attempt => attempt.Failure is not null).ToList();
        if (failures.Count > 0)
        {
            throw requests.Count == failures.Count && failures.DistinctBy(failed => failed.Failure!.Message).Count() == 1 ? failures[0].Failure! : Together(failures, requests.Count);
        }

        // The results that came down a pipeline may name one object in several ways: what is done to it is done once.
        var plans = attempts.Select(attempt => attempt.Plan!).DistinctBy(plan => (plan.Kind, plan.Target, plan.Summary)).ToList();
        if (plans.GroupBy(plan => (plan.Kind, plan.Target)).FirstOrDefault(same => same.Count() > 1) is { } twice)
        {
            throw new IncidentException(
                FailureKind.ArgumentInvalid, $"{twice.Key.Target} is named twice: {string.Join("; ", twice.Select(plan => plan.Summary))}.", twice.Key.Target, advice: "Name each object once.");
        }

        return plans;
    }

    public async IAsyncEnumerable<MitigationStep> ApplyAsync(
        IReadOnlyList<MitigationPlan> plans, ApplyOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var steps = Channel.CreateUnbounded<MitigationStep>();
        var running = RunAllAsync(plans, options, steps.Writer, stop.Token);
        try
        {
            // No token here: each has its honest outcome to tell after a stop, and ends by itself.
            await foreach (var step in steps.Reader.ReadAllAsync(CancellationToken.None))
            {
                yield return step;
            }
        }
        finally
        {
            await stop.CancelAsync();
            await running;
        }
    }

    /// <summary>Never throws: what is not a failure of one ends the steps with it.</summary>
    private async Task RunAllAsync(IReadOnlyList<MitigationPlan> plans, ApplyOptions options, ChannelWriter<MitigationStep> steps, CancellationToken stop)
    {
        var ends = await Task.WhenAll(plans.Select(plan => Task.Run(() => RunAsync(plan, options, steps, stop), CancellationToken.None)));
        steps.Complete(ends.FirstOrDefault(end => end is not null));
    }

    private async Task<Exception?> RunAsync(MitigationPlan plan, ApplyOptions options, ChannelWriter<MitigationStep> steps, CancellationToken stop)
    {
        try
        {
            await foreach (var progress in one.ApplyAsync(plan, options, stop))
            {
                steps.TryWrite(new MitigationStep(plan, progress));
            }

            return null;
        }
        catch (IncidentException failure)
        {
            steps.TryWrite(new MitigationStep(plan, null, failure));
            return null;
        }
#pragma warning disable CA1031 // Handed to the reader of the steps as it is, once the others have ended.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            return failure;
        }
    }

    private async Task<(MitigationRequest Request, MitigationPlan? Plan, IncidentException? Failure)> TryAsync(MitigationRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return (request, await one.PlanAsync(request, cancellationToken), null);
        }
        catch (IncidentException failure)
        {
            return (request, null, failure);
        }
    }

    private static IncidentException Together(IReadOnlyList<(MitigationRequest Request, MitigationPlan? Plan, IncidentException? Failure)> failures, int of)
    {
        var first = failures[0].Failure!;
        return new IncidentException(
            first.Kind,
            $"Nothing was sent: {failures.Count} of {of} cannot be planned. {string.Join(" ", failures.Select(failure => $"{Name(failure.Request)}: {failure.Failure!.Message}"))}",
            failures.Select(failure => Name(failure.Request)).ToArray(),
            advice: first.Advice);
    }

    private static string Name(MitigationRequest request) => request.Scope.Deployment ?? request.Scope.Environment ?? $"{request.Kind}";
}
