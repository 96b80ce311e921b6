using System.Management.Automation;
using MalariaIncident.Errors;
using MalariaIncident.Loading;

namespace MalariaIncident.Commands;

/// <summary>
/// What every command shares: a token that Ctrl+C cancels, waiting for the engine on the pipeline thread, and one
/// failure becoming one error record. Pull, don't pump: the thread that waits is the one that may write.
/// </summary>
public abstract class IncidentCmdlet : PSCmdlet, IDisposable
{
    private readonly CancellationTokenSource _stop = new();

    /// <summary>Cancelled by Ctrl+C and by a pipeline that wants no more.</summary>
    protected CancellationToken StopToken => _stop.Token;

    /// <summary>What the errors of this command are about, where the failure does not say.</summary>
    protected virtual object? Subject => null;

    /// <summary>The command's work for one input object; failures thrown here become terminating errors.</summary>
    protected abstract void Process();

    /// <summary>The command's work after the last input object.</summary>
    protected virtual void Finish()
    {
    }

    /// <inheritdoc/>
    protected sealed override void ProcessRecord() => Guard(Process);

    /// <inheritdoc/>
    protected sealed override void EndProcessing() => Guard(Finish);

    /// <inheritdoc/>
    protected sealed override void StopProcessing() => _stop.Cancel();

    /// <summary>Asks the engine, which is everything that is not PowerShell.</summary>
    protected static T Ask<T>(Func<IEngine, T> question) => EngineDoor.Ask(question);

    /// <summary>Asks the engine, and waits for its answer.</summary>
    protected static T Await<T>(Func<IEngine, Task<T>> question) => EngineDoor.Await(question);

    /// <summary>Waits for an answer that the engine was asked for before.</summary>
    protected static T Await<T>(Task<T> task) => task.GetAwaiter().GetResult();

    /// <summary>Handles items as they come, on this thread; ends the stream when the pipeline ends early.</summary>
    protected void Stream<T>(Func<IEngine, IAsyncEnumerable<T>> question, Action<T> onItem)
    {
        var enumerator = EngineDoor.Stream(question).GetAsyncEnumerator(StopToken);
        try
        {
            while (Await(enumerator.MoveNextAsync().AsTask()))
            {
                onItem(enumerator.Current);
            }
        }
        finally
        {
            enumerator.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }

    /// <summary>Writes items as they come.</summary>
    protected void WriteStream<T>(Func<IEngine, IAsyncEnumerable<T>> question) => Stream(question, item => WriteObject(item));

    /// <summary>Reports a failure of one of several targets, and goes on with the others. Reading commands only: a failed change is terminating.</summary>
    protected void WriteFailure(IncidentException failure) => WriteError(ErrorTable.ToRecord(failure, Subject));

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Runs also when the pipeline was ended early, where EndProcessing does not.</summary>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
        {
            _stop.Dispose();
        }
    }

    private void Guard(Action work)
    {
        try
        {
            work();
        }
        catch (IncidentException failure)
        {
            ThrowTerminatingError(ErrorTable.ToRecord(failure, Subject));
        }
        catch (OperationCanceledException) when (Stopping || _stop.IsCancellationRequested)
        {
            throw new PipelineStoppedException();
        }
        // What PowerShell itself throws through WriteObject (a stopped pipeline, a break downstream) is its own affair.
        catch (Exception defect) when (defect is not OutOfMemoryException && defect.GetType().Assembly != typeof(PSCmdlet).Assembly)
        {
            var failure = new IncidentException(FailureKind.EngineFailed, $"{defect.GetType().Name}: {defect.Message}", Subject, defect);
            ThrowTerminatingError(ErrorTable.ToRecord(failure, Subject));
        }
    }
}
