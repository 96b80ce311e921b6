using System.Text.Json.Nodes;
using System.Threading.Channels;
using MalariaIncident.Engine.Environments;
using MalariaIncident.Engine.Incidents;

namespace MalariaIncident.Engine.Mitigations;

/// <summary>One plan being carried out. Every way out of it leaves an outcome in the record.</summary>
internal sealed class MitigationApplication(
    MitigationPlan plan,
    IMitigationAct act,
    ResolvedScope scope,
    IRecord record,
    Lazy<IServiceVerification> verification,
    TimeProvider time,
    ChannelWriter<MitigationProgress> steps)
{
    /// <summary>After Ctrl+C the prompt must be back within two seconds: this is what reading back and writing down may take.</summary>
    private static readonly TimeSpan Farewell = TimeSpan.FromMilliseconds(900);

    private readonly long _started = time.GetTimestamp();
    private readonly LastingRecord _lasting = new(record, () => new FileRecord(plan, time));

    /// <summary>Never throws: a failure ends the steps with it.</summary>
    public async Task RunAsync(bool wait, CancellationToken stop)
    {
        try
        {
            await record.WriteAsync([new(EventKind.ActionIntended, plan.Summary, MitigationLedger.Intent(plan)) { Once = MitigationLedger.Field.Mitigation }], stop);
            Tell(MitigationPhase.Intended, "written to the journal");
            await SendAsync(stop);
            await FollowAsync(wait, stop);
            steps.Complete();
        }
#pragma warning disable CA1031 // Handed to the reader of the steps as it is.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            steps.Complete(failure);
        }
    }

    private async Task SendAsync(CancellationToken stop)
    {
        ActStep.Sent? sent = null;
        try
        {
            await foreach (var batch in Batches.Of(act.SendAsync(plan, scope, stop)))
            {
                sent = batch.OfType<ActStep.Sent>().LastOrDefault() ?? sent;
                await TellAsync(batch, stop);
            }

            if (sent is null)
            {
                throw new IncidentException(FailureKind.OutcomeUnknown, $"The adapter for {plan.Kind} did not say how it came out.", plan.Id);
            }

            await WriteAsync(sent.Outcome, sent.Text, sent.Data, CancellationToken.None);
        }
        catch (IncidentException failure) when (failure.Kind == FailureKind.OutcomeUnknown)
        {
            await SettleAsync(failure, stop.IsCancellationRequested ? Farewell : scope.Timeout);
        }
        catch (IncidentException failure)
        {
            await WriteAsync(EventKind.ActionFailed, failure.Message, Reason(failure.Kind), CancellationToken.None);
            throw;
        }
        catch (Exception failure)
        {
            // Stopped by the operator, or a defect: either way only the world knows.
            await SettleAsync(failure, Farewell);
            if (failure is OperationCanceledException)
            {
                throw;
            }
        }
    }

    /// <summary>The answer is lost: reads the world, writes down what it shows. Returns where the change was made; throws otherwise.</summary>
    private async Task SettleAsync(Exception failure, TimeSpan patience)
    {
        var state = await ReadBackAsync(patience);
        var why = failure is OperationCanceledException ? "stopped by the operator." : failure.Message;
        switch (state)
        {
            case ReadBack.Applied:
                await WriteAsync(EventKind.ActionSucceeded, $"Reading the object again shows that the change was made. Before that: {why}", null, CancellationToken.None);
                return;
            case ReadBack.NotApplied:
                await WriteAsync(EventKind.ActionFailed, $"Reading the object again shows that the change was not made. Before that: {why}", null, CancellationToken.None);
                if (failure is OperationCanceledException)
                {
                    return;
                }

                throw new IncidentException(FailureKind.ChangeNotMade, $"The change was not made: {why} The object was read again and is as it was.", plan.Target, failure);
            default:
                await WriteAsync(EventKind.ActionUnknown, $"Whether the change was made is not known: {why}", null, CancellationToken.None);
                if (failure is OperationCanceledException)
                {
                    return;
                }

                throw failure as IncidentException
                    ?? new IncidentException(FailureKind.OutcomeUnknown, $"Whether the change was made is not known: {failure.Message}", plan.Target, failure);
        }
    }

    private async Task<ReadBack> ReadBackAsync(TimeSpan patience)
    {
        using var deadline = new CancellationTokenSource(patience, time);
        try
        {
            return await act.ReadBackAsync(plan, scope, deadline.Token).WaitAsync(deadline.Token);
        }
#pragma warning disable CA1031 // A defect too: whatever the reason, the world was not read, and the outcome must be written down as unknown.
        catch (Exception)
#pragma warning restore CA1031
        {
            return ReadBack.Unknown;
        }
    }

    private async Task FollowAsync(bool wait, CancellationToken stop)
    {
        try
        {
            ChangeResult? change = null;
            await foreach (var step in act.FollowAsync(plan, scope, wait, stop))
            {
                if (step is ActStep.Part { Result: ChangeResult result })
                {
                    change = result;
                }
                else
                {
                    await TellAsync([step], stop);
                }
            }

            if (change is not null)
            {
                await VerifyAsync(change, wait, stop);
            }
        }
        catch (IncidentException failure)
        {
            await WriteAsync(EventKind.Verified, failure.Message, Reason(failure.Kind, passed: false), CancellationToken.None);
            // The table's advice for these is to undo it.
            if (plan.Undo is null && failure.Advice is null)
            {
                throw new IncidentException(
                    failure.Kind, failure.Message, failure.Subject, failure.InnerException, "The change was made and cannot be undone. Get-ClusterHealth and Test-ServiceHealth show what is wrong.");
            }

            throw;
        }
        catch (OperationCanceledException)
        {
            await WriteAsync(EventKind.ActionProgress, "Stopped by the operator before the change was verified; it stays in force.", null, CancellationToken.None);
            throw;
        }
    }

    private async Task VerifyAsync(ChangeResult change, bool wait, CancellationToken stop)
    {
        (bool? healthy, var detail) = (null, change.Detail);
        if (wait && act.Verifies(plan))
        {
            Tell(MitigationPhase.Verifying, "asking liveness and readiness");
            (healthy, var answer) = await verification.Value.VerifyAsync(scope, VerificationTime(), stop);
            detail = $"{change.Detail} {answer}";
            if (OtherThanAsked() is { } asked)
            {
                healthy = null;
                detail = $"{detail} That is what the addresses of {asked} answer; whether they lead to {scope.Deployment} is not known.";
            }
        }

        if (healthy == false)
        {
            throw new IncidentException(FailureKind.VerificationFailed, detail, plan.Target);
        }

        if (wait)
        {
            await WriteAsync(EventKind.Verified, detail, Reason(null, passed: true), CancellationToken.None);
        }

        var result = change with { Verified = healthy, Detail = detail, Duration = time.GetElapsedTime(_started) };
        steps.TryWrite(new(MitigationPhase.Finished, detail, 100, result));
    }

    /// <summary>
    /// The deployment whose health addresses the environment names, where another one was changed: an idle slot is not verified by what the live one answers. The
    /// pooler is, since the application speaks through it.
    /// </summary>
    private string? OtherThanAsked()
        => scope.Environment is { Deployment: { } asked } environment && scope.Deployment is { } changed && changed != asked && changed != environment.Pooler ? asked : null;

    /// <summary>The pods are ready by now: a service that does not answer within half a minute has another trouble, and the operator should hear of it.</summary>
    private TimeSpan VerificationTime()
    {
        var left = plan.Deadline - time.GetElapsedTime(_started);
        return TimeSpan.FromSeconds(Math.Clamp(left.TotalSeconds, 5, 30));
    }

    /// <summary>Parts are written down before the operator sees them.</summary>
    private async Task TellAsync(IReadOnlyList<ActStep> batch, CancellationToken stop)
    {
        var parts = batch.OfType<ActStep.Part>().ToArray();
        if (parts.Length > 0)
        {
            await _lasting.WriteAsync([.. parts.Select(part => new EventDraft(EventKind.ActionProgress, part.Text, Tagged(part.Data)))], CancellationToken.None);
        }

        stop.ThrowIfCancellationRequested();
        foreach (var step in batch)
        {
            switch (step)
            {
                case ActStep.Progress progress:
                    steps.TryWrite(new(progress.Phase, progress.Activity, progress.Percent));
                    break;
                case ActStep.Part part:
                    steps.TryWrite(new(MitigationPhase.Finished, part.Text, null, part.Result));
                    break;
            }
        }
    }

    private void Tell(MitigationPhase phase, string activity) => steps.TryWrite(new(phase, activity));

    private Task WriteAsync(EventKind kind, string text, JsonObject? data, CancellationToken cancellationToken)
        => _lasting.WriteAsync([new(kind, text, Tagged(data))], cancellationToken);

    private JsonObject Tagged(JsonObject? data)
    {
        data ??= [];
        data[MitigationLedger.Field.Mitigation] = plan.Id;
        return data;
    }

    private static JsonObject Reason(FailureKind? kind, bool? passed = null)
    {
        var data = new JsonObject();
        if (kind is not null)
        {
            data["reason"] = kind.ToString();
        }

        if (passed is not null)
        {
            data["passed"] = passed;
        }

        return data;
    }
}
