using System.Management.Automation;
using System.Management.Automation.Host;

namespace MalariaIncident.Investigate;

/// <summary>
/// Writes the looks of several watches together, in rounds. At a terminal every round takes the place of the one before; into a file, a variable or another command
/// they go one after the other. The formatter is left to do its work: only the screen under it is cleared.
/// </summary>
internal sealed class ClusterWatch(PSCmdlet cmdlet)
{
    private const string HomeAndClear = "\u001b[H\u001b[J";

    private readonly bool _redraws = IsAtTerminal(cmdlet);
    private bool _isFirst = true;

    /// <summary>Until the token ends it. A watch that fails is reported and left out; the only one ends it all.</summary>
    public void Run(IReadOnlyList<IAsyncEnumerable<ClusterHealth>> watches, Action<IncidentException> onFailure, CancellationToken cancellationToken)
    {
        var open = watches.Select(watch => watch.GetAsyncEnumerator(cancellationToken)).ToList();
        var running = open.ToList();
        try
        {
            while (running.Count > 0)
            {
                var moves = running.Select(watch => (Watch: watch, Moved: watch.MoveNextAsync().AsTask())).ToList();
                // All of them, also when one has failed or was stopped: what is still on its way cannot be disposed of.
                ((Task)Task.WhenAll(moves.Select(move => move.Moved))).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing).GetAwaiter().GetResult();
                var looks = new List<ClusterHealth>();
                foreach (var (watch, moved) in moves)
                {
                    try
                    {
                        moved.GetAwaiter().GetResult();
                        looks.Add(watch.Current);
                    }
                    catch (IncidentException failure) when (watches.Count > 1)
                    {
                        running.Remove(watch);
                        onFailure(failure);
                    }
                }

                Write(looks);
            }
        }
        finally
        {
            open.ForEach(watch => watch.DisposeAsync().AsTask().GetAwaiter().GetResult());
        }
    }

    private void Write(List<ClusterHealth> looks)
    {
        if (_redraws)
        {
            if (_isFirst)
            {
                // What stood on the screen before is pushed up, not erased.
                cmdlet.Host.UI.Write(new string('\n', cmdlet.Host.UI.RawUI.WindowSize.Height));
                _isFirst = false;
            }

            cmdlet.Host.UI.Write(HomeAndClear);
        }

        looks.ForEach(cmdlet.WriteObject);
    }

    /// <summary>Nothing follows in the pipeline, and a person's terminal shows what it writes.</summary>
    private static bool IsAtTerminal(PSCmdlet cmdlet)
    {
        try
        {
            return cmdlet.MyInvocation.PipelinePosition == cmdlet.MyInvocation.PipelineLength
                && !Console.IsOutputRedirected
                && cmdlet.Host.UI is { SupportsVirtualTerminal: true, RawUI: not null };
        }
        catch (HostException)
        {
            return false;
        }
    }
}
