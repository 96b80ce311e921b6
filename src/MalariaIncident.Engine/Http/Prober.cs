using System.Runtime.CompilerServices;
using MalariaIncident.Engine.Environments;
using MalariaIncident.Engine.Text;

namespace MalariaIncident.Engine.Http;

/// <summary>Asks an address several times and sums up.</summary>
internal sealed class Prober(HealthProbe probe, TimeProvider clock)
{
    /// <summary>A certificate that ends sooner than this is mentioned although the service is healthy.</summary>
    private static readonly TimeSpan CertificateWarning = TimeSpan.FromDays(14);

    public async Task<ServiceHealth> AskAsync(ProbeAddress address, ProbeOptions options, ResolvedScope scope, CancellationToken cancellationToken)
    {
        var answers = new List<ProbeAnswer>(options.Count);
        for (var sent = 0; sent < options.Count; sent++)
        {
            if (sent > 0)
            {
                await Task.Delay(options.Interval, clock, cancellationToken);
            }

            answers.Add(await probe.AskAsync(address, scope.Timeout, cancellationToken));
        }

        var last = answers.LastOrDefault(answer => !answer.Healthy) ?? answers[^1];
        return new ServiceHealth
        {
            Incident = scope.Incident,
            Environment = scope.EnvironmentName,
            Probe = address.Probe,
            Address = address.Display,
            Healthy = last.Healthy,
            Failure = last.Failure,
            StatusCode = last.StatusCode,
            Probes = answers.Count,
            Succeeded = answers.Count(answer => answer.Healthy),
            Latency = answers.Max(answer => answer.Latency),
            CertificateExpires = answers.Select(answer => answer.CertificateExpires).LastOrDefault(expires => expires is not null),
            Body = last.Body,
            Detail = Sentence(address, last, answers),
        };
    }

    /// <summary>Every address at once, in their order; ending early stops those under way.</summary>
    public async IAsyncEnumerable<ServiceHealth> AskAllAsync(
        IReadOnlyList<ProbeAddress> addresses, ProbeOptions options, ResolvedScope scope, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var asked = addresses.Select(address => AskAsync(address, options, scope, stop.Token)).ToList();
        try
        {
            foreach (var answer in asked)
            {
                yield return await answer;
            }
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(asked).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }
    }

    private string Sentence(ProbeAddress address, ProbeAnswer last, List<ProbeAnswer> answers)
    {
        var name = char.ToUpperInvariant(address.Probe[0]) + address.Probe[1..];
        var failed = answers.Count(answer => !answer.Healthy);
        var often = answers.Count == 1 ? "" : failed switch
        {
            0 => $" (all {answers.Count} probes)",
            _ when failed == answers.Count => $" (all {answers.Count} probes failed)",
            _ => $" ({failed} of {answers.Count} probes failed)",
        };
        var ends = last.CertificateExpires - clock.GetUtcNow();
        var certificate = last.Healthy && ends < CertificateWarning ? $"; its certificate expires in {Amount.Of((long)Math.Round(ends.Value.TotalDays), "day")}" : "";
        return $"{name} {last.Detail}{often}{certificate}.";
    }
}
