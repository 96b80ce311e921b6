using MalariaIncident.Engine.Kubernetes.Rollouts;

namespace Engine.Tests.Kubernetes.Rollouts;

/// <summary>How long a revision was live, as far as anything tells.</summary>
public sealed class LivePeriodsTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    [Fact]
    public void A_revision_lives_from_its_own_creation_to_that_of_the_next()
    {
        var facts = new Cluster().Release(1, 10 * Hour, "api:1").Release(2, 4 * Hour, "api:2").Facts();
        Assert.Equal(6 * Hour, facts.Periods.LiveFor(facts.Revisions[1]));
        Assert.Equal(4 * Hour, facts.Periods.LiveFor(facts.Revisions[0]));
    }

    [Fact]
    public void A_revived_one_lives_twice_and_an_event_tells_from_when()
    {
        var cluster = new Cluster().Release(3, 10 * Hour, "api:1", history: "1").Release(2, 4 * Hour, "api:2");
        var unknown = cluster.Facts();
        Assert.Equal(6 * Hour, unknown.Periods.LiveFor(unknown.Revisions[0]));
        Assert.Null(unknown.Periods.LiveFor(unknown.Revisions[1]));
        var known = cluster.Facts(new KnownStart(Cluster.Name(3), Cluster.Now - Hour));
        Assert.Equal(7 * Hour, known.Periods.LiveFor(known.Revisions[0]));
        Assert.Equal(3 * Hour, known.Periods.LiveFor(known.Revisions[1]));
    }

    [Fact]
    public void Only_what_lies_before_the_incident_counts_for_it()
    {
        var facts = new Cluster().Release(1, 10 * Hour, "api:1").Release(2, 4 * Hour, "api:2").Facts();
        Assert.Equal(1 * Hour, facts.Periods.LiveBefore(facts.Revisions[0], Cluster.Now - (3 * Hour)));
        Assert.Equal(6 * Hour, facts.Periods.LiveBefore(facts.Revisions[1], Cluster.Now - (3 * Hour)));
        Assert.Equal(TimeSpan.Zero, facts.Periods.LiveBefore(facts.Revisions[0], Cluster.Now - (5 * Hour)));
    }
}
