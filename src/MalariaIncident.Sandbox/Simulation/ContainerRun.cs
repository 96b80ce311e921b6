using k8s.Models;

namespace MalariaIncident.Sandbox.Simulation;

internal enum ContainerPhase { Creating, ImagePullBackOff, Running, CrashLoopBackOff }

/// <summary>The life of one container: a small machine that moves with time.</summary>
internal sealed class ContainerRun(V1Container container, DateTimeOffset since)
{
    private DateTimeOffset _ended;

    public V1Container Container { get; } = container;
    public ContainerPhase Phase { get; private set; } = ContainerPhase.Creating;
    public DateTimeOffset Since { get; private set; } = since;
    public int Restarts { get; private set; }
    public int Failures { get; private set; }
    public V1ContainerStateTerminated? Last { get; private set; }
    public bool Ready { get; private set; }
    public string Id { get; private set; } = NewId();

    /// <summary>When the next thing happens; null when nothing will.</summary>
    public DateTimeOffset? Due(Behaviour behaviour, Pace pace, double slowness) => Phase switch
    {
        ContainerPhase.Creating => Since + (pace.Start * slowness),
        ContainerPhase.ImagePullBackOff or ContainerPhase.CrashLoopBackOff => Since + BackOff(pace),
        _ => Earliest(Ready || NeverReady(behaviour) ? null : Since + (behaviour.Ready * slowness), EndsAfter(behaviour) is { } end ? Since + end : null),
    };

    /// <summary>Whether this run of the container never becomes ready.</summary>
    public bool NeverReady(Behaviour behaviour) => behaviour.NeverReady && (Restarts > 0 || behaviour.FirstEndsAfter is null);

    private TimeSpan? EndsAfter(Behaviour behaviour) => Restarts == 0 ? behaviour.FirstEndsAfter ?? behaviour.EndsAfter : behaviour.EndsAfter;

    /// <summary>Makes the next thing happen.</summary>
    public ContainerPhase Advance(Behaviour behaviour, Pace pace, double slowness, DateTimeOffset now)
    {
        switch (Phase)
        {
            case ContainerPhase.Creating or ContainerPhase.ImagePullBackOff when behaviour.PullFails:
                Failures++;
                Move(ContainerPhase.ImagePullBackOff, now);
                break;
            case ContainerPhase.Running when EndsAfter(behaviour) is { } end && Since + end <= now:
                Terminate(behaviour.ExitCode, behaviour.EndReason, now);
                break;
            case ContainerPhase.Running:
                Ready |= !NeverReady(behaviour) && Since + (behaviour.Ready * slowness) <= now;
                break;
            case ContainerPhase.CrashLoopBackOff:
                Restarts++;
                Start(now);
                break;
            default:
                Start(now);
                break;
        }
        return Phase;
    }

    /// <summary>The container ends now. The first time it is started again at once, later after a back-off, as a kubelet does.</summary>
    public void Terminate(int exitCode, string reason, DateTimeOffset now)
    {
        if (Last is not null && now - _ended > TimeSpan.FromMinutes(10)) Failures = 0;
        Last = new() { ExitCode = exitCode, Reason = reason, StartedAt = Utc(Since), FinishedAt = Utc(now), ContainerID = Id };
        _ended = now;
        Failures++;
        Ready = false;
        if (Failures > 1)
        {
            Move(ContainerPhase.CrashLoopBackOff, now);
            return;
        }
        Restarts++;
        Start(now);
    }

    public TimeSpan BackOff(Pace pace) =>
        TimeSpan.FromTicks(Math.Min(pace.LongestBackOff.Ticks, pace.BackOff.Ticks << Math.Clamp(Failures - (Phase == ContainerPhase.CrashLoopBackOff ? 2 : 1), 0, 10)));

    public void Loses() => Ready = false;

    private void Start(DateTimeOffset now)
    {
        Id = NewId();
        Move(ContainerPhase.Running, now);
    }

    private void Move(ContainerPhase phase, DateTimeOffset now) => (Phase, Since, Ready) = (phase, now, false);

    private static DateTimeOffset? Earliest(DateTimeOffset? first, DateTimeOffset? second) => first is null || second < first ? second ?? first : first;

    private static string NewId() => "containerd://" + Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(32));

    public static DateTime Utc(DateTimeOffset time) => Kubernetes.Storage.ClusterStore.Seconds(time);
}
