using MalariaIncident.Engine.Environments;
using MalariaIncident.Engine.Mitigations;
using MalariaIncident.Engine.Text;

namespace MalariaIncident.Engine.Kubernetes.Sizes;

/// <summary>Whether the database can take the connections of more pods. A pod that gets none fails, and so do others whose share it took.</summary>
internal sealed class HeadroomCheck(Lazy<IConnectionHeadroom> headroom)
{
    /// <summary>A database that hangs must not hold up a plan.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>A reason where there is room, a warning where there is none or where nobody knows.</summary>
    public async Task<(string? Reason, string? Warning)> AskAsync(
        ResolvedScope scope, int morePods, int podsNow, IReadOnlyCollection<string> addresses, IReadOnlyCollection<string> applications, CancellationToken cancellationToken)
    {
        DatabaseRoom room;
        try
        {
            var bounded = scope with { Timeout = scope.Timeout < Patience ? scope.Timeout : Patience };
            room = await headroom.Value.ReadAsync(bounded, addresses, applications, cancellationToken);
        }
        catch (IncidentException failure) when (failure.Kind == FailureKind.SettingMissing)
        {
            return ("connections of the database were not checked: no database is named", null);
        }
        catch (IncidentException failure)
        {
            return (null, $"Whether the database has connections left for {Pods(morePods)} was not checked: {failure.Message}");
        }

        var (each, source) = EachOf(scope, room, podsNow);
        if (each is not { } perPod)
        {
            var pooler = scope.Environment?.Pooler is { } name ? $" They may come through {name}, which shares its connections." : "";
            return (null, $"How many database connections a pod takes is not known: none of these pods is seen at {room.Server}, where {room.Free} are free.{pooler} connectionsPerPod in the environment file would say.");
        }

        var needed = (long)perPod * morePods;
        var sum = $"{Pods(morePods)} may take {Amount.Of(needed, "connection")} ({perPod} each, {source}), and {room.Server} has {room.Free} free ({room.Used} of {room.Maximum} used, {room.Reserved} reserved)";
        return needed <= room.Free ? (sum, null) : (null, $"The database has too few connections: {sum}. New pods, and then others, will be refused.");
    }

    /// <summary>What the environment says a pod opens at most, or what one of them holds now, whichever is more.</summary>
    private static (int? Each, string Source) EachOf(ResolvedScope scope, DatabaseRoom room, int podsNow)
    {
        int? seen = room.MostOfOnePod ?? (room.OfApplication > 0 && podsNow > 0 ? (int)Math.Ceiling(room.OfApplication / (double)podsNow) : null);
        return scope.Environment?.ConnectionsPerPod is { } known && known >= (seen ?? 0)
            ? (known, "as the environment file says")
            : (seen, room.MostOfOnePod is not null ? "as one pod holds now" : "as its pods hold now on average");
    }

    private static string Pods(int count) => Amount.Of(count, "more pod");
}
