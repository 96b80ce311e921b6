using MalariaIncident.Engine.Text;

namespace MalariaIncident.Engine.Kubernetes.Health;

/// <summary>Recent events of type Warning, by the object they are about, newest first.</summary>
internal sealed class WarningEvents
{
    private const int MostPerObject = 3;

    private readonly Dictionary<(string Kind, string Namespace, string Name), List<EventModel>> byObject = [];

    public WarningEvents(IEnumerable<EventModel> events, DateTimeOffset since)
    {
        foreach (EventModel one in events.Where(one => one.Type != "Normal" && one.LastSeen >= since).OrderByDescending(one => one.LastSeen))
        {
            (string, string, string) key = (one.InvolvedObject.Kind, one.InvolvedObject.Namespace is { Length: > 0 } home ? home : one.Metadata.Namespace, one.InvolvedObject.Name);
            if (!byObject.TryGetValue(key, out List<EventModel>? list))
            {
                byObject[key] = list = [];
            }

            if (list.Count < MostPerObject)
            {
                list.Add(one);
            }
        }
    }

    public IEnumerable<(string Kind, string Namespace, string Name)> Objects => byObject.Keys;

    public IReadOnlyList<EventModel> About(string kind, string home, string name) => byObject.GetValueOrDefault((kind, home, name)) ?? [];

    public static string Line(EventModel one) =>
        PlainText.OneLine($"event {one.LastSeen:HH:mm:ss} UTC {one.Reason}{(one.Times > 1 ? $" ×{one.Times}" : "")}: {one.Message}", 400);
}
