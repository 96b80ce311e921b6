using MalariaIncident;

namespace Engine.Tests.Kubernetes.Health;

/// <summary>How a result reads on a terminal of some width.</summary>
public sealed class HealthViewTests
{
    private const string Long = "Container api ends again and again with exit code 1 (5 restarts, the last 2m ago), and nobody knows why it should do such a thing at this hour.";

    [Theory]
    [InlineData(80)]
    [InlineData(100)]
    [InlineData(132)]
    public void Long_lines_go_on_below_their_beginning(int width)
    {
        string[] lines = Health().Describe(width).Split(Environment.NewLine);
        Assert.All(lines, line => Assert.True(line.Length < width, line));
        // Two lines of summary; then everything but the finding's first line is indented.
        Assert.All(lines[3..].Where(line => line.Length > 0 && !line.StartsWith("CRITICAL", StringComparison.Ordinal)), line => Assert.StartsWith("             ", line, StringComparison.Ordinal));
        Assert.Equal(Words(Health().Describe()), Words(string.Join(Environment.NewLine, lines)));
    }

    [Fact]
    public void Evidence_keeps_its_bar()
    {
        string[] evidence = [.. Health().Describe(80).Split(Environment.NewLine).SkipWhile(line => !line.Contains('|', StringComparison.Ordinal)).TakeWhile(line => !line.Contains('→', StringComparison.Ordinal))];
        Assert.True(evidence.Length > 3);
        Assert.All(evidence, line => Assert.StartsWith("             | ", line, StringComparison.Ordinal));
    }

    [Fact]
    public void A_command_that_goes_on_still_runs_when_it_is_copied()
    {
        string shown = Health().Describe(80);
        string command = shown[(shown.IndexOf('→', StringComparison.Ordinal) + 2)..];
        Assert.Contains(" `" + Environment.NewLine, command, StringComparison.Ordinal);
        var parsed = command.Replace(" `" + Environment.NewLine, " ", StringComparison.Ordinal).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(Health().Findings[0].Suggestion!.Split(' '), parsed);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(20)]
    [InlineData(int.MaxValue)]
    public void Where_the_width_is_not_known_nothing_is_broken(int width) => Assert.Equal(Health().Describe(), Health().Describe(width));

    private static string[] Words(string text) => [.. text.Split([' ', '\r', '\n', '|', '`'], StringSplitOptions.RemoveEmptyEntries)];

    private static ClusterHealth Health() => new()
    {
        Context = "production",
        Time = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
        Nodes = 3,
        ReadyNodes = 3,
        Pods = 10,
        ReadyPods = 7,
        Findings =
        [
            new HealthFinding
            {
                Severity = FindingSeverity.Critical,
                ObjectKind = "Pod",
                Namespace = "malaria-prediction-production",
                Name = "malaria-predictor-api-6d5f7c9b8d-abcde",
                Deployment = "malaria-predictor-api",
                Reason = "CrashLoopBackOff",
                Message = Long,
                Evidence = ["log of api (previous instance): " + Long, "log of api (previous instance): KeyError", "event 03:04:05 UTC BackOff ×12: " + Long],
                Suggestion = "Invoke-EmergencyRollback -KubeConfig /home/operator/.kube/config -Context production -Namespace malaria-prediction-production -Deployment malaria-predictor-api",
            },
        ],
    };
}
