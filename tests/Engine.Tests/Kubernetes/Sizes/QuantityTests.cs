using MalariaIncident;
using MalariaIncident.Engine.Kubernetes.Sizes;

namespace Engine.Tests.Kubernetes.Sizes;

/// <summary>Amounts as Kubernetes writes them, and as people do.</summary>
public sealed class QuantityTests
{
    [Theory]
    [InlineData("memory", "8Gi", 8589934592)]
    [InlineData("memory", "1.5Gi", 1610612736)]
    [InlineData("memory", "8G", 8000000000)]
    [InlineData("memory", "512Mi", 536870912)]
    [InlineData("memory", "8589934592", 8589934592)]
    [InlineData("memory", "1e9", 1000000000)]
    [InlineData("cpu", "4", 4)]
    [InlineData("cpu", "500m", 0.5)]
    [InlineData("cpu", "0.5", 0.5)]
    [InlineData("cpu", " 2 ", 2)]
    public void What_Kubernetes_takes_is_taken(string resource, string text, double value) => Assert.Equal((decimal)value, Quantity.Parse(resource, text).Value);

    [Theory]
    [InlineData("memory", "8GB", "Write 8Gi")]
    [InlineData("memory", "8gb", "Write 8Gi")]
    [InlineData("memory", "8 GiB", "Write 8Gi")]
    [InlineData("memory", "512mb", "Write 512Mi")]
    [InlineData("memory", "8g", "Write 8Gi")]
    [InlineData("memory", "lots", "Write it like 512Mi")]
    [InlineData("memory", "", "Write it like 512Mi")]
    [InlineData("memory", "8", "8Gi")]
    [InlineData("memory", "512m", "512Mi or 512Gi")]
    [InlineData("memory", "-8Gi", "what the container shall have")]
    [InlineData("memory", "0", "what the container shall have")]
    [InlineData("cpu", "four", "Write it like 4, 1.5 or 500m")]
    [InlineData("cpu", "4 cores", "Write it like 4, 1.5 or 500m")]
    [InlineData("cpu", "0.0001", "500m")]
    [InlineData("memory", "99999999999999999999999999999", "")]
    [InlineData("memory", "9999999999999999Ei", "Write it like")]
    [InlineData("memory", "8Gi\u001b[31m", "Write it like")]
    public void What_it_does_not_take_is_told_with_what_was_meant(string resource, string text, string advice)
    {
        var failure = Record.Exception(() => Quantity.Parse(resource, text));
        if (advice.Length == 0 && failure is null)
        {
            return;
        }

        var refused = Assert.IsType<IncidentException>(failure);
        Assert.Equal(FailureKind.ArgumentInvalid, refused.Kind);
        Assert.Contains(advice, refused.Advice, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', refused.Message);
    }

    [Theory]
    [InlineData("memory", 1610612736, "1.5Gi")]
    [InlineData("limits.memory", 67108864, "64Mi")]
    [InlineData("requests.cpu", 0.25, "250m")]
    [InlineData("cpu", 3, "3")]
    [InlineData("pods", 12, "12")]
    public void Amounts_are_said_shortly(string resource, double value, string words) => Assert.Equal(words, Quantity.InWords(resource, (decimal)value));

    [Theory]
    [InlineData("1Gi", "1024Mi", true)]
    [InlineData("1", "1000m", true)]
    [InlineData("1G", "1Gi", false)]
    [InlineData(null, null, true)]
    [InlineData(null, "1Gi", false)]
    public void The_same_amount_may_be_written_differently(string? one, string? other, bool same) => Assert.Equal(same, ResourceEdit.Same(one, other));
}
