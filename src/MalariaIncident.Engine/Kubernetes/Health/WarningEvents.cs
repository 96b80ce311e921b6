using MalariaIncident.Engine.Text;

namespace MalariaIncident.Engine.Kubernetes.Health;

/// <summary>Events of type Warning since a moment, by the object they are about, newest first: as many as are shown, however many are read.</summary>
internal sealed class WarningEvents(DateTimeOffset since)
{
    private const int MostObjects = 5000;
    private const int MostPerObject = 3;

    private readonly Dictionary<(string Kind, string Namespace, string Name), List<EventModel>> byObject = [];
    private bool isCut;

    /// <summary>What has to be said where events about further objects were left off.</summary>
    public IEnumerable<string> Notes => isCut ? [$"There are warning events about more than {MostObjects} objects; those about others were left off."] : [];

    public IEnumerable<(string Kind, string Namespace, string Name)> Objects => byObject.Keys;

    public void Add(IEnumerable<EventModel> events)
    {
        foreach (EventModel one in events.Where(one => one.Type != "Normal" && one.LastSeen >= since))
        {
            Add(one);
        }
    }

    /// <summary>Takes over what was read beside.</summary>
    public void Add(WarningEvents others)
    {
        isCut |= others.isCut;
        Add(others.byObject.Values.SelectMany(events => events));
    }

    public IReadOnlyList<EventModel> About(string kind, string home, string name) => byObject.GetValueOrDefault((kind, home, name)) ?? [];

    public static string Line(EventModel one) =>
        PlainText.OneLine($"event {one.LastSeen:HH:mm:ss} UTC {one.Reason}{(one.Times > 1 ? $" ×{one.Times}" : "")}: {one.Message}", 400);

    private void Add(EventModel one)
    {
        (string, string, string) key = (one.InvolvedObject.Kind, one.InvolvedObject.Namespace is { Length: > 0 } home ? home : one.Metadata.Namespace, one.InvolvedObject.Name);
        if (!byObject.TryGetValue(key, out List<EventModel>? list))
        {
            if (byObject.Count >= MostObjects)
            {
                isCut = true;
                return;
            }

            byObject[key] = list = [];
        }

        int at = list.FindIndex(known => known.LastSeen < one.LastSeen);
        list.Insert(at < 0 ? list.Count : at, one);
        if (list.Count > MostPerObject)
        {
            list.RemoveAt(MostPerObject);
        }
    }
}
