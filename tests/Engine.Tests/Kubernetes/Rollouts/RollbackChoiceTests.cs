using MalariaIncident;
using MalariaIncident.Engine.Kubernetes.Rollouts;

namespace Engine.Tests.Kubernetes.Rollouts;

/// <summary>Which revision an emergency rollback goes back to: never simply the one before.</summary>
public sealed class RollbackChoiceTests
{
    private static TimeSpan Days(double days) => TimeSpan.FromDays(days);

    private static TimeSpan Minutes(double minutes) => TimeSpan.FromMinutes(minutes);

    private static Cluster BadRelease() => new Cluster { IncidentAge = Minutes(20) }
        .Release(1, Days(9), "api:1.0")
        .Release(2, Days(5), "api:1.1")
        .Release(3, Minutes(25), "api:2.0");

    [Fact]
    public void The_last_release_that_was_live_before_the_incident_is_the_target()
    {
        var choice = BadRelease().Choose();
        Assert.Equal(2, choice.Target!.Number);
        Assert.Contains("revision 2 (api:1.1) was live for 4 d 23 h before the incident", choice.Reasons[0]);
        Assert.Empty(choice.Warnings);
    }

    [Fact]
    public void Revisions_made_by_set_env_limits_and_restart_keep_the_bad_image_and_are_passed_over()
    {
        var choice = BadRelease()
            .Release(4, Minutes(15), "api:2.0", env: """[{"name":"FEATURE_X","value":"false"}]""")
            .Release(5, Minutes(10), Cluster.Template("api:2.0", more: """, "resources":{"limits":{"memory":"8Gi"}}"""))
            .Release(6, Minutes(5), Cluster.Template("api:2.0", metadata: """, "annotations":{"kubectl.kubernetes.io/restartedAt":"now"}"""))
            .Choose();
        Assert.Equal(2, choice.Target!.Number);
        foreach (var number in new[] { 3, 4, 5 })
        {
            Assert.Contains(choice.Reasons, reason => reason.StartsWith($"revision {number} was passed over: it keeps the image that runs now, api:2.0", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Undoing_twice_does_not_redeploy_the_bad_release()
    {
        var cluster = new Cluster { IncidentAge = Minutes(20) }
            .Release(1, Days(9), "api:1.0")
            .Release(4, Days(5), "api:1.1", history: "2")
            .Release(3, Minutes(25), "api:2.0");
        cluster.Rollbacks.Add(new PastRollback("MIT-AAAAAAAA", Cluster.Now - Minutes(5), new Dictionary<string, string> { ["api"] = "api:2.0" }, Cluster.Name(4)));
        var choice = cluster.Choose(new KnownStart(Cluster.Name(4), Cluster.Now - Minutes(5)));
        Assert.Equal(FailureKind.NothingToDo, choice.Refusal!.Kind);
        Assert.Contains("MIT-AAAAAAAA rolled it back", choice.Refusal.Message);
        Assert.Contains("MIT-AAAAAAAA rolled back from", choice.Verdicts[Cluster.Name(3)].Reason);
    }

    [Fact]
    public void A_rollback_by_somebody_else_is_seen_without_the_journal()
    {
        var choice = new Cluster { IncidentAge = Minutes(20) }
            .Release(1, Days(9), "api:1.0")
            .Release(4, Days(5), "api:1.1", history: "2")
            .Release(3, Minutes(25), "api:2.0")
            .Choose();
        Assert.Equal(FailureKind.NothingToDo, choice.Refusal!.Kind);
        Assert.Contains("was left for an older template", choice.Verdicts[Cluster.Name(3)].Reason);
    }

    [Fact]
    public void After_a_rollback_was_undone_the_release_before_is_a_target_again()
    {
        var cluster = new Cluster { IncidentAge = Minutes(20) }
            .Release(4, Days(5), "api:1.1", history: "2")
            .Release(5, Minutes(25), "api:2.0", history: "3");
        cluster.Rollbacks.Add(new PastRollback("MIT-BBBBBBBB", Cluster.Now - Minutes(3), new Dictionary<string, string> { ["api"] = "api:1.1" }, Cluster.Name(5)) { IsUndo = true });
        Assert.Equal(4, cluster.Choose(new KnownStart(Cluster.Name(4), Cluster.Now - Minutes(5)), new KnownStart(Cluster.Name(5), Cluster.Now - Minutes(3))).Target!.Number);
    }

    [Fact]
    public void When_the_release_gone_back_to_fails_as_well_an_older_one_is_the_target_and_not_the_bad_one()
    {
        var cluster = new Cluster { IncidentAge = Minutes(20) }
            .Release(1, Days(9), "api:1.0")
            .Release(4, Days(5), "api:1.1", history: "2")
            .Release(3, Minutes(25), "api:2.0");
        cluster.Failing[Cluster.Name(4)] = "3 of 3, api-4-x (api): CrashLoopBackOff";
        Assert.Equal(1, cluster.Choose().Target!.Number);
    }

    [Fact]
    public void A_release_whose_pods_crash_is_no_target()
    {
        var cluster = BadRelease();
        cluster.Failing[Cluster.Name(2)] = "1 of 1, api-2-x (api): CrashLoopBackOff";
        Assert.Equal(1, cluster.Choose().Target!.Number);
    }

    [Fact]
    public void A_hurried_fix_that_ran_for_minutes_is_not_taken_for_healthy()
    {
        var choice = new Cluster { IncidentAge = Minutes(20) }
            .Release(1, Days(9), "api:1.0")
            .Release(2, Minutes(25), "api:2.0")
            .Release(3, Minutes(21), "api:2.1")
            .Choose();
        Assert.Equal(1, choice.Target!.Number);
        Assert.Contains(choice.Reasons, reason => reason.Contains("revision 2 was passed over: it was live for 4 min only", StringComparison.Ordinal));
    }

    [Fact]
    public void A_short_lived_release_is_proven_by_pods_that_are_still_ready()
    {
        var choice = new Cluster { IncidentAge = Minutes(2) }
            .Release(1, Days(9), "api:1.0")
            .Release(2, Minutes(8), "api:1.1", ready: 2)
            .Release(3, Minutes(4), "api:2.0")
            .Choose();
        Assert.Equal(2, choice.Target!.Number);
        Assert.Contains("still has 2 ready pods", choice.Reasons[0]);
    }

    [Fact]
    public void Events_of_failing_pods_speak_against_a_young_release_and_not_against_an_old_one()
    {
        var cluster = new Cluster { IncidentAge = Minutes(5) }
            .Release(1, Days(9), "api:1.0")
            .Release(2, Minutes(60), "api:2.0")
            .Release(3, Minutes(10), "api:2.1");
        cluster.FailedBefore[Cluster.Name(2)] = "Back-off restarting failed container";
        cluster.FailedBefore[Cluster.Name(1)] = "Back-off restarting failed container";
        Assert.Equal(1, cluster.Choose().Target!.Number);
    }

    [Fact]
    public void What_was_made_after_the_incident_began_was_not_healthy_before_it()
    {
        var choice = new Cluster { IncidentAge = Days(1) }
            .Release(1, Days(9), "api:1.0")
            .Release(2, Days(2), "api:2.0")
            .Release(3, TimeSpan.FromHours(20), "api:2.1")
            .Release(4, Minutes(5), "api:2.2")
            .Choose();
        Assert.Equal(2, choice.Target!.Number);
        Assert.Contains("after the incident began", choice.Verdicts[Cluster.Name(3)].Reason);
    }

    [Fact]
    public void The_only_other_image_is_taken_with_a_warning_where_nothing_is_known_of_it()
    {
        var choice = new Cluster().Release(1, Minutes(3), "api:1.0").Release(2, Minutes(2), "api:2.0").Choose();
        Assert.Equal(1, choice.Target!.Number);
        Assert.Contains("the only one with another image", Assert.Single(choice.Warnings));
    }

    [Fact]
    public void Without_a_clear_candidate_the_candidates_are_listed_with_the_parameter_that_chooses()
    {
        var choice = new Cluster().Release(1, Minutes(4), "api:1.0").Release(2, Minutes(3), "api:1.1").Release(3, Minutes(2), "api:2.0").Choose();
        Assert.Null(choice.Target);
        Assert.Equal(FailureKind.RollbackTargetAmbiguous, choice.Refusal!.Kind);
        Assert.Contains("revision 2 (api:1.1)", choice.Refusal.Message);
        Assert.Contains("-ToRevision 2 or -ToRevision 1", choice.Refusal.Advice);
    }

    [Fact]
    public void A_single_revision_leaves_nothing_to_roll_back_to()
    {
        var choice = new Cluster().Release(1, Days(1), "api:1.0").Choose();
        Assert.Equal(FailureKind.RollbackTargetMissing, choice.Refusal!.Kind);
        Assert.Contains("one revision only", choice.Refusal.Message);
    }

    [Fact]
    public void Revisions_that_all_keep_the_image_leave_nothing_and_each_says_why()
    {
        var choice = new Cluster().Release(1, Days(1), "api:1.0").Release(2, Minutes(30), "api:1.0", env: """[{"name":"A","value":"1"}]""").Choose();
        Assert.Equal(FailureKind.RollbackTargetMissing, choice.Refusal!.Kind);
        Assert.Contains("revision 1 keeps the image that runs now", choice.Refusal.Message);
    }

    [Fact]
    public void A_named_revision_that_does_not_exist_lists_those_that_do()
    {
        var failure = Assert.Throws<IncidentException>(() => RollbackChoice.Named(BadRelease().Facts(), 7));
        Assert.Equal(FailureKind.RevisionNotFound, failure.Kind);
        Assert.Contains("3 (api:2.0), 2 (api:1.1), 1 (api:1.0)", failure.Message);
    }

    [Fact]
    public void Naming_the_revision_that_runs_is_nothing_to_do()
        => Assert.Equal(FailureKind.NothingToDo, Assert.Throws<IncidentException>(() => RollbackChoice.Named(BadRelease().Facts(), 3)).Kind);

    [Fact]
    public void A_number_that_was_live_before_finds_the_template_under_its_new_number()
    {
        var facts = new Cluster().Release(1, Days(9), "api:1.0").Release(4, Days(5), "api:1.1", history: "2").Release(5, Minutes(5), "api:2.0").Facts();
        Assert.Equal(4, RollbackChoice.Named(facts, 2).Target!.Number);
    }

    [Fact]
    public void Going_forward_again_to_a_release_that_then_served_makes_it_a_candidate_again()
    {
        var cluster = new Cluster { IncidentAge = Minutes(5) }
            .Release(3, Days(20), "api:1.0", history: "1")
            .Release(4, Days(15), "api:2.0", history: "2")
            .Release(5, Minutes(10), "api:3.0");
        cluster.Rollbacks.Add(new PastRollback("MIT-AAAAAAAA", Cluster.Now - Days(12), new Dictionary<string, string> { ["api"] = "api:2.0" }, Cluster.Name(3)));
        var choice = cluster.Choose(new KnownStart(Cluster.Name(3), Cluster.Now - Days(12)), new KnownStart(Cluster.Name(4), Cluster.Now - Days(10)));
        Assert.Equal(4, choice.Target!.Number);
    }

    [Fact]
    public void The_applications_container_decides_and_a_sidecars_image_does_not()
    {
        static System.Text.Json.Nodes.JsonObject WithSidecar(string image, string sidecar)
        {
            var template = Cluster.Template(image);
            ((System.Text.Json.Nodes.JsonArray)template["spec"]!["containers"]!).Add(System.Text.Json.Nodes.JsonNode.Parse($$"""{"name":"proxy","image":"{{sidecar}}"}"""));
            return template;
        }

        var choice = new Cluster { Container = "api" }
            .Release(1, Days(9), WithSidecar("api:1.0", "proxy:1"))
            .Release(2, Days(5), WithSidecar("api:2.0", "proxy:1"))
            .Release(3, Days(1), WithSidecar("api:2.0", "proxy:2"))
            .Choose();
        Assert.Equal(1, choice.Target!.Number);
    }
}
