namespace MalariaIncident.Engine.Readiness;

/// <summary>One question, and the answers that it can have.</summary>
internal sealed class ReadinessQuestion(ReadinessInquiry inquiry, ReadinessArea area, string check, IReadOnlyList<string> commands)
{
    private readonly long _began = inquiry.Clock.GetTimestamp();

    public ReadinessCheck Ready(string detail) => Answer(ReadinessStatus.Ready, detail, null);

    public ReadinessCheck Warning(string detail, string? advice) => Answer(ReadinessStatus.Warning, detail, advice);

    public ReadinessCheck NotReady(string detail, string? advice) => Answer(ReadinessStatus.NotReady, detail, advice);

    public ReadinessCheck NotChecked(string detail, string? advice = null) => Answer(ReadinessStatus.NotChecked, detail, advice);

    /// <summary>A failure that a command would meet in the same way.</summary>
    public ReadinessCheck NotReady(IncidentException failure) => NotReady(failure.Message, failure.Advice) with { Failure = failure.Kind };

    /// <summary>The same where it is not certain that it will be met, or where the command goes on without.</summary>
    public ReadinessCheck Warning(IncidentException failure) => Warning(failure.Message, failure.Advice) with { Failure = failure.Kind };

    /// <summary>A failure of asking: what was asked about may be well.</summary>
    public ReadinessCheck NotChecked(IncidentException failure) => NotChecked(failure.Message, failure.Advice) with { Failure = failure.Kind };

    /// <summary>
    /// Asks under the deadline of one answer, whether or not what is asked heeds it. A failure is an answer by <paramref name="judge"/>, which finds it not ready
    /// unless told otherwise; a time that runs out is one as well.
    /// </summary>
    public async Task<ReadinessCheck> AskAsync(
        Func<CancellationToken, Task<ReadinessCheck>> ask, CancellationToken cancellationToken, Func<IncidentException, ReadinessCheck>? judge = null)
    {
        using var deadline = new CancellationTokenSource(inquiry.Scope.Timeout, inquiry.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            return await ask(either.Token).WaitAsync(either.Token);
        }
        catch (IncidentException failure) when (failure.Kind != FailureKind.Stopped)
        {
            return (judge ?? NotReady)(failure);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return NotChecked($"There was no answer within {inquiry.Scope.Timeout.TotalSeconds:0.#} s.", "Try again, or allow more time with -TimeoutSeconds.");
        }
    }

    private ReadinessCheck Answer(ReadinessStatus status, string detail, string? advice) => new()
    {
        Environment = inquiry.Scope.EnvironmentName,
        Area = area,
        Commands = commands,
        Check = check,
        Status = status,
        Detail = detail,
        Advice = advice,
        Elapsed = inquiry.Clock.GetElapsedTime(_began),
    };
}
