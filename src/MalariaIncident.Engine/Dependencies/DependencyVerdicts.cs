namespace MalariaIncident.Engine.Dependencies;

/// <summary>Puts both sides together.</summary>
internal static class DependencyVerdicts
{
    private const string Here = "this machine";

    /// <summary>The application's side decides first: what it cannot reach is broken for its users, whoever else gets an answer.</summary>
    public static DependencyVerdict Of(DependencyState here, DependencyState pod) => (here, pod) switch
    {
        (DependencyState.NotChecked, DependencyState.NotChecked) => DependencyVerdict.Unknown,
        (DependencyState.Unreachable, DependencyState.Unreachable) => DependencyVerdict.Down,
        (_, DependencyState.Unreachable) => DependencyVerdict.UnreachableFromPod,
        (DependencyState.CredentialsRefused, _) or (_, DependencyState.CredentialsRefused) => DependencyVerdict.CredentialsRefused,
        (DependencyState.Failing, _) or (_, DependencyState.Failing) => DependencyVerdict.Failing,
        (DependencyState.Unreachable, _) => DependencyVerdict.UnreachableFromHere,
        _ => DependencyVerdict.Up,
    };

    /// <summary>The verdict in words, then what each side saw.</summary>
    public static string Say(string name, DependencyView here, DependencyView pod)
    {
        var verdict = Of(here.State, pod.State) switch
        {
            DependencyVerdict.Up when pod.State == DependencyState.NotChecked => $"{name} answers this machine; the application's side was not checked.",
            DependencyVerdict.Up when here.State == DependencyState.NotChecked => $"{name} answers the application; this machine's side was not checked.",
            DependencyVerdict.Up => $"{name} answers this machine and the application.",
            DependencyVerdict.Down => $"{name} is down: neither this machine nor the application reaches it.",
            DependencyVerdict.UnreachableFromHere when pod.State == DependencyState.NotChecked =>
                $"{name} is not reached from this machine. Whether it is down cannot be told: the application's side was not checked.",
            DependencyVerdict.UnreachableFromHere => $"{name} is up, and not reached from this machine: the application gets its answers.",
            DependencyVerdict.UnreachableFromPod when here.State == DependencyState.NotChecked =>
                $"{name} is not reached by the application. Whether it is down cannot be told: this machine's side was not checked.",
            DependencyVerdict.UnreachableFromPod => $"{name} is up, and not reached by the application: look at its address there, DNS and network policies.",
            DependencyVerdict.CredentialsRefused => $"{name} refuses the credentials of {Who(here, pod, DependencyState.CredentialsRefused)}.",
            DependencyVerdict.Failing => $"{name} answers {Who(here, pod, DependencyState.Failing)}, and not as it should.",
            _ => $"{name} could not be checked.",
        };
        return $"{verdict} From here: {here.Detail} From the pod: {pod.Detail}";
    }

    /// <summary>A failure of the asking, told apart by what it says about the one asked.</summary>
    public static DependencyView Of(IncidentException failure, string? address) => new()
    {
        State = failure.Kind switch
        {
            FailureKind.DatabaseUnreachable or FailureKind.DatabaseTimeout or FailureKind.CacheUnreachable or FailureKind.CacheTimeout => DependencyState.Unreachable,
            FailureKind.DatabaseUnauthenticated or FailureKind.CacheUnauthenticated => DependencyState.CredentialsRefused,
            _ when address is null => DependencyState.NotChecked,
            _ => DependencyState.Failing,
        },
        From = Here,
        Address = address,
        Detail = failure.Message,
    };

    public static DependencyView Of(DependencyAnswer answer, string address, TimeSpan latency) => new()
    {
        State = answer.State,
        From = Here,
        Address = address,
        Latency = latency,
        Detail = answer.Detail,
    };

    public static DependencyView NotChecked(string? from, string why) => new() { State = DependencyState.NotChecked, From = from, Detail = $"Not checked: {why}" };

    private static string Who(DependencyView here, DependencyView pod, DependencyState state) => (here.State == state, pod.State == state) switch
    {
        (true, true) => "both sides",
        (true, false) => "this machine",
        _ => "the application",
    };
}
