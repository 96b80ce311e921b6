using MalariaIncident.Engine.Environments;

namespace MalariaIncident.Engine.Postgres.Connections;

/// <summary>Finds the primary among the pods of a database: by its own word, not by its name or a label that a failover may not have moved yet.</summary>
internal sealed class PrimaryPod(IPodPorts ports, Func<PodRoute, Task<PostgresSession>> open)
{
    /// <summary>The port that PostgreSQL listens on inside its pods, unless another is named.</summary>
    private const int UsualPort = 5432;

    /// <summary>A connection to the primary, or to the one pod that was named. DatabasePrimaryMissing says what each pod is instead.</summary>
    public async Task<PostgresSession> ConnectAsync(ResolvedScope scope, Deadline deadline, CancellationToken stop)
    {
        var target = PodTarget.Parse(scope.Pods!);
        var found = await ports.FindAsync(scope, target, deadline.Remaining, stop);
        // All at once: one that does not answer must not keep us from the one that does.
        var asked = found.Pods.Where(pod => pod.Trouble is null).Select(pod => AskAsync(scope, found.Namespace, pod.Name, target.Port ?? UsualPort)).ToList();
        var answers = new List<Answer>(found.Pods.Where(pod => pod.Trouble is not null).Select(pod => new Answer(pod.Name, pod.Trouble!, null, null)));
        try
        {
            while (asked.Count > 0)
            {
                var next = await Task.WhenAny(asked).WaitAsync(stop);
                asked.Remove(next);
                var answer = await next;
                if (answer.Session is { } session && (target.IsOnePod || !session.Facts.IsStandby))
                {
                    return session;
                }

                if (answer.Session is not null)
                {
                    await answer.Session.DisposeAsync();
                }

                answers.Add(answer);
            }
        }
        finally
        {
            _ = LeaveAsync(asked);
        }

        throw Missing(target, found.Namespace, answers);
    }

    private async Task<Answer> AskAsync(ResolvedScope scope, string home, string pod, int port)
    {
        try
        {
            var session = await open(new PodRoute(ports, scope, home, pod, port));
            return new(pod, "is a standby", session, null);
        }
        catch (IncidentException failure)
        {
            return new(pod, $"does not answer ({failure.Message.TrimEnd('.')})", null, failure);
        }
        catch (OperationCanceledException)
        {
            return new(pod, "was not waited for", null, null);
        }
    }

    private static IncidentException Missing(PodTarget target, string home, List<Answer> answers)
    {
        var failures = answers.Select(answer => answer.Failure).ToArray();
        // Where all fail in the same way (a missing grant, a wrong password) that is the news.
        if (failures.All(failure => failure is not null) && failures.Select(failure => failure!.Kind).Distinct().Count() == 1)
        {
            return failures[0]!;
        }

        var standby = answers.Find(answer => answer.Session is not null);
        return new(
            FailureKind.DatabasePrimaryMissing,
            $"None of the pods of {target} in namespace {home} is a primary: {string.Join("; ", answers.OrderBy(answer => answer.Pod, StringComparer.Ordinal).Select(answer => $"{answer.Pod} {answer.Said}"))}.",
            target.Name,
            advice: standby is null
                ? "Get-ClusterHealth says why pods do not run."
                : $"A failover may be under way: try again. To look at a standby, name its pod: -DatabasePods pod/{standby.Pod}.");
    }

    private static async Task LeaveAsync(IEnumerable<Task<Answer>> asked)
    {
        foreach (var answer in asked)
        {
            if ((await answer).Session is { } session)
            {
                await session.DisposeAsync();
            }
        }
    }

    private sealed record Answer(string Pod, string Said, PostgresSession? Session, IncidentException? Failure);
}
