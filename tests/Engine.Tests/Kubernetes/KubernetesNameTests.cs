using MalariaIncident;
using MalariaIncident.Engine.Kubernetes;

namespace Engine.Tests.Kubernetes;

public sealed class KubernetesNameTests
{
    [Theory]
    [InlineData("api")]
    [InlineData("malaria-predictor-api")]
    [InlineData("a.b-c.d2")]
    [InlineData("0")]
    public void Names_that_Kubernetes_knows_pass(string name) => Assert.Equal(name, KubernetesName.Validate(name, "deployment"));

    // KubernetesClient escapes nothing: these would have travelled.
    [Theory]
    [InlineData("")]
    [InlineData("a/../../secrets")]
    [InlineData("x?dryRun=All")]
    [InlineData("x%2f")]
    [InlineData("x#y")]
    [InlineData("..")]
    [InlineData(".")]
    [InlineData("-a")]
    [InlineData("a-")]
    [InlineData("a..b")]
    [InlineData("Api")]
    [InlineData("a b")]
    [InlineData("ä")]
    [InlineData("a\u0000")]
    [InlineData("a\n")]
    public void Names_that_would_travel_elsewhere_are_refused(string name)
    {
        var failure = Assert.Throws<IncidentException>(() => KubernetesName.Validate(name, "deployment"));
        Assert.Equal(FailureKind.NameInvalid, failure.Kind);
        Assert.Contains("deployment", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Lengths_are_those_of_the_API()
    {
        Assert.Equal(253, KubernetesName.Validate(new string('a', 253), "pod").Length);
        Assert.Throws<IncidentException>(() => KubernetesName.Validate(new string('a', 254), "pod"));
        Assert.Equal(63, KubernetesName.ValidateLabel(new string('a', 63), "namespace").Length);
        Assert.Throws<IncidentException>(() => KubernetesName.ValidateLabel(new string('a', 64), "namespace"));
        Assert.Throws<IncidentException>(() => KubernetesName.ValidateLabel("a.b", "namespace"));
    }
}
