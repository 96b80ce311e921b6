namespace Benchmarks;

/// <summary>What was aimed at, and what came of it.</summary>
internal sealed class Scoreboard
{
    private readonly List<string> lines = [];

    public void AtLeast(string what, double measured, double wanted) => Add(what, $"{measured:0.0}×", $"at least {wanted:0.#}×", measured >= wanted);

    public void AtMost(string what, double measured, double wanted, string unit) => Add(what, $"{measured:0.##} {unit}", $"at most {wanted:0.##} {unit}", measured <= wanted);

    public void Print()
    {
        Console.WriteLine();
        Console.WriteLine($"| {"target",-70} | {"wanted",-16} | {"measured",-10} |        |");
        Console.WriteLine($"|{new string('-', 72)}|{new string('-', 18)}|{new string('-', 12)}|--------|");
        lines.ForEach(Console.WriteLine);
    }

    private void Add(string what, string measured, string wanted, bool met) => lines.Add($"| {what,-70} | {wanted,-16} | {measured,-10} | {(met ? "met" : "MISSED"),-6} |");
}
