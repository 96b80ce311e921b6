namespace Benchmarks;

/// <summary>Runs by name, printed as a table.</summary>
internal sealed class Series
{
    private readonly Dictionary<string, List<Measured>> rows = new(StringComparer.Ordinal);

    public Measured this[string name] => Measured.Of(rows[name]);

    public void Add(string name, Measured measured)
    {
        if (!rows.TryGetValue(name, out List<Measured>? list))
        {
            rows[name] = list = [];
        }

        list.Add(measured);
    }

    public void Print(string against)
    {
        Measured reference = this[against];
        Console.WriteLine($"| {"medians",-46} | runs | wall s | client CPU s | peak MB | server CPU s | ratio of wall |");
        Console.WriteLine($"|{new string('-', 48)}|-----:|-------:|-------------:|--------:|-------------:|--------------:|");
        foreach ((string name, List<Measured> list) in rows)
        {
            Measured of = Measured.Of(list);
            Console.WriteLine(
                $"| {name,-46} | {list.Count,4} | {of.Wall.TotalSeconds,6:0.000} | {of.Cpu.TotalSeconds,12:0.00} | {(of.PeakBytes == 0 ? "" : $"{of.PeakBytes / 1e6:0}"),7} | {(of.ServerCpu == TimeSpan.Zero ? "" : $"{of.ServerCpu.TotalSeconds:0.000}"),12} | {reference.Wall / of.Wall,12:0.0}× |");
        }
    }
}
