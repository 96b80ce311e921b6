using MalariaIncident;
using MalariaIncident.Engine.Dependencies;

namespace Engine.Tests.Dependencies;

public sealed class DependencyVerdictTests
{
    [Theory]
    [InlineData(DependencyState.Up, DependencyState.Up, DependencyVerdict.Up)]
    [InlineData(DependencyState.Up, DependencyState.NotChecked, DependencyVerdict.Up)]
    [InlineData(DependencyState.NotChecked, DependencyState.Up, DependencyVerdict.Up)]
    [InlineData(DependencyState.Unreachable, DependencyState.Unreachable, DependencyVerdict.Down)]
    [InlineData(DependencyState.Unreachable, DependencyState.Up, DependencyVerdict.UnreachableFromHere)]
    [InlineData(DependencyState.Unreachable, DependencyState.NotChecked, DependencyVerdict.UnreachableFromHere)]
    [InlineData(DependencyState.Up, DependencyState.Unreachable, DependencyVerdict.UnreachableFromPod)]
    [InlineData(DependencyState.CredentialsRefused, DependencyState.Unreachable, DependencyVerdict.UnreachableFromPod)]
    [InlineData(DependencyState.CredentialsRefused, DependencyState.Up, DependencyVerdict.CredentialsRefused)]
    [InlineData(DependencyState.Up, DependencyState.CredentialsRefused, DependencyVerdict.CredentialsRefused)]
    [InlineData(DependencyState.Failing, DependencyState.Up, DependencyVerdict.Failing)]
    [InlineData(DependencyState.NotChecked, DependencyState.NotChecked, DependencyVerdict.Unknown)]
    public void Both_sides_make_the_verdict(DependencyState here, DependencyState pod, DependencyVerdict expected) =>
        Assert.Equal(expected, DependencyVerdicts.Of(here, pod));

    [Fact]
    public void Trap_a_pod_that_cannot_be_asked_does_not_make_a_dependency_down()
    {
        var here = new DependencyView { State = DependencyState.Unreachable, Detail = "Nothing listens." };
        var said = DependencyVerdicts.Say("database", here, DependencyVerdicts.NotChecked(null, "the application is down."));
        Assert.Contains("Whether it is down cannot be told", said, StringComparison.Ordinal);
        Assert.Contains("the application is down", said, StringComparison.Ordinal);
    }

    [Fact]
    public void Who_was_refused_is_said()
    {
        DependencyView up = new() { State = DependencyState.Up, Detail = "In." }, refused = new() { State = DependencyState.CredentialsRefused, Detail = "Out." };
        Assert.StartsWith("cache refuses the credentials of the application.", DependencyVerdicts.Say("cache", up, refused), StringComparison.Ordinal);
        Assert.StartsWith("cache refuses the credentials of this machine.", DependencyVerdicts.Say("cache", refused, up), StringComparison.Ordinal);
        Assert.StartsWith("cache refuses the credentials of both sides.", DependencyVerdicts.Say("cache", refused, refused), StringComparison.Ordinal);
    }
}
