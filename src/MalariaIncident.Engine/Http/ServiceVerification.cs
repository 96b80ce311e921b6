using MalariaIncident.Engine.Environments;
using MalariaIncident.Engine.Mitigations;

namespace MalariaIncident.Engine.Http;

/// <summary>
/// Waits until the service is healthy several times in a row: one good answer after a rollout may come from the one pod that
/// is fine.
/// </summary>
internal sealed class ServiceVerification(Prober prober, TimeProvider clock) : IServiceVerification
{
    private static readonly ProbeOptions Round = new() { Count = 3 };
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    public async Task<(bool? Healthy, string Detail)> VerifyAsync(ResolvedScope scope, TimeSpan deadline, CancellationToken cancellationToken)
    {
        var addresses = ServiceAddresses.Known(scope);
        if (addresses.Count == 0)
        {
            return (null, "No health address is named, so the service was not asked.");
        }

        using var ends = new CancellationTokenSource(deadline, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, ends.Token);
        var found = $"The service did not answer within {deadline.TotalSeconds:0.###} s.";
        try
        {
            while (true)
            {
                var answers = new List<ServiceHealth>(addresses.Count);
                await foreach (var answer in prober.AskAllAsync(addresses, Round, scope, either.Token))
                {
                    answers.Add(answer);
                }

                found = string.Join(" ", answers.Select(answer => answer.Detail));
                if (answers.TrueForAll(answer => answer.Healthy))
                {
                    return (true, found);
                }

                await Task.Delay(Pause, clock, either.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (false, found);
        }
    }
}
