using System.Globalization;

namespace MalariaIncident.Engine.Kubernetes.Health;

/// <summary>One pod as <c>kubectl get pods -o wide</c> prints it.</summary>
internal sealed record PodRow(string Namespace, string Name, int Ready, int Containers, string Status, int Restarts, TimeSpan? LastRestart, TimeSpan? Age, string? Node)
{
    public static readonly string[] Columns = ["Name", "Ready", "Status", "Restarts", "Age", "Node"];

    public bool AllReady => Ready >= Containers && Containers > 0;

    /// <summary>Ready, or done.</summary>
    public bool IsWell => Status switch
    {
        "Completed" or "Succeeded" => true,
        "Running" => AllReady,
        _ => false,
    };

    public static PodRow From(TableRow row, string home)
    {
        string[] cells = row.Cells;
        (int ready, int containers) = Fraction(cells[1]);
        (int restarts, TimeSpan? last) = RestartCell(cells[3]);
        return new PodRow(row.Namespace ?? home, cells[0], ready, containers, cells[2], restarts, last, KubernetesDuration.Parse(cells[4]), cells[5] is "" or "<none>" ? null : cells[5]);
    }

    /// <summary><c>2/3</c>; what is no fraction is 0 of 1, so that it never counts as well.</summary>
    public static (int Part, int Whole) Fraction(string cell)
    {
        int slash = cell.IndexOf('/', StringComparison.Ordinal);
        return slash > 0 && Number(cell.AsSpan(0, slash)) is { } part && Number(cell.AsSpan(slash + 1)) is { } whole ? (part, whole) : (0, 1);
    }

    /// <summary><c>5 (2m31s ago)</c>.</summary>
    private static (int Restarts, TimeSpan? Last) RestartCell(string cell)
    {
        int open = cell.IndexOf(" (", StringComparison.Ordinal);
        if (open < 0)
        {
            return (Number(cell) ?? 0, null);
        }

        int ago = cell.IndexOf(" ago)", open, StringComparison.Ordinal);
        return (Number(cell.AsSpan(0, open)) ?? 0, ago < 0 ? null : KubernetesDuration.Parse(cell.AsSpan(open + 2, ago - open - 2)));
    }

    private static int? Number(ReadOnlySpan<char> text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;
}

/// <summary>One deployment as <c>kubectl get deployments</c> prints it.</summary>
internal sealed record DeploymentRow(string Namespace, string Name, int Ready, int Wanted, int UpToDate)
{
    public static readonly string[] Columns = ["Name", "Ready", "Up-to-date"];

    public bool IsWell => Ready >= Wanted && UpToDate >= Wanted;

    public static DeploymentRow From(TableRow row, string home)
    {
        (int ready, int wanted) = PodRow.Fraction(row.Cells[1]);
        return new DeploymentRow(
            row.Namespace ?? home, row.Cells[0], ready, wanted, int.TryParse(row.Cells[2], NumberStyles.None, CultureInfo.InvariantCulture, out int updated) ? updated : 0);
    }
}
