using System.Text.Json.Nodes;
using k8s;
using k8s.Models;
using MalariaIncident;
using MalariaIncident.Sandbox.Kubernetes.Storage;
using MalariaIncident.Sandbox.World;

namespace Engine.Tests.Kubernetes.Rollouts;

/// <summary>Features off, replicas down, and everything back exactly; against the sandbox, through the whole mechanism.</summary>
public sealed class DegradationTests
{
    private static V1EnvVar? Variable(RolloutWorld world, string name) => world.Api.Env.FirstOrDefault(variable => variable.Name == name);

    [Fact]
    public async Task The_environments_features_go_off_in_the_named_container_only_and_replicas_go_down()
    {
        await using var world = await RolloutWorld.StartAsync();
        var sidecar = k8s.KubernetesJson.Serialize(world.Deployment.Spec.Template.Spec.Containers[1]);
        var plan = await world.DegradeAsync();
        Assert.Empty(world.Sandbox.Writes);
        Assert.Equal(
            [
                "deployment/malaria-predictor-api: FEATURE_ML_PREDICTIONS of container api: true → false",
                "deployment/malaria-predictor-api: FEATURE_BACKGROUND_JOBS of container api: from config map malaria-predictor-config, key background-jobs → false",
                "deployment/malaria-predictor-api: replicas: 3 → 2",
            ],
            plan.Changes.Select(change => change.ToString()));
        var result = await world.ApplyAsync(plan);
        Assert.True(result.Verified);
        Assert.Equal(2, result.ReadyReplicas);
        Assert.Equal("false", Variable(world, "FEATURE_ML_PREDICTIONS")!.Value);
        Assert.Null(Variable(world, "FEATURE_BACKGROUND_JOBS")!.ValueFrom);
        Assert.Equal(sidecar, k8s.KubernetesJson.Serialize(world.Deployment.Spec.Template.Spec.Containers[1]));
        Assert.Single(world.Sandbox.Writes);
    }

    [Fact]
    public async Task A_feature_that_the_container_has_no_variable_for_is_warned_of()
    {
        await using var world = await RolloutWorld.StartAsync();
        var plan = await world.DegradeAsync(["ML_PREDICTION", "ml-predictions"], 3);
        Assert.Contains(
            "Container api has no FEATURE_ML_PREDICTION so far; if the application does not read that, nothing is switched off. It has FEATURE_ML_PREDICTIONS, FEATURE_BACKGROUND_JOBS.",
            plan.Warnings);
        Assert.DoesNotContain((await world.DegradeAsync(["ML_PREDICTIONS"], 3)).Warnings, warning => warning.Contains("so far", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_variables_are_seen_in_the_pods_that_run_and_others_set_by_who_admits_them_are_told()
    {
        await using var world = await RolloutWorld.StartAsync();
        var seen = await world.ApplyAsync(await world.DegradeAsync(["ML_PREDICTIONS"], 3));
        Assert.Contains("FEATURE_ML_PREDICTIONS is seen in 3 of 3 pods as planned.", seen.Detail, StringComparison.Ordinal);
        var back = await world.UndoAsync(seen.MitigationId);
        Assert.Contains("FEATURE_ML_PREDICTIONS is seen in 3 of 3 pods as planned.", back.Detail, StringComparison.Ordinal);

        var plan = await world.DegradeAsync(["BACKGROUND_JOBS"], 3);
        world.Sandbox.Store.Admission = (_, created) => Admit(created, "FEATURE_BACKGROUND_JOBS", "true");
        var failure = await Assert.ThrowsAsync<IncidentException>(() => world.ApplyAsync(plan));
        Assert.Equal(FailureKind.ObjectManagedElsewhere, failure.Kind);
        Assert.Contains("3 of 3 pods of deployment malaria-predictor-api in namespace malaria-prediction-production run with FEATURE_BACKGROUND_JOBS true in container api in place of false", failure.Message, StringComparison.Ordinal);
        Assert.Equal(MitigationState.InForce, await world.StateOf(plan.Id));
    }

    [Fact]
    public async Task A_pod_that_was_evicted_and_stays_in_the_list_says_nothing_of_those_that_run()
    {
        await using var world = await RolloutWorld.StartAsync();
        var evicted = Evict(world);
        var seen = await world.ApplyAsync(await world.DegradeAsync(["ML_PREDICTIONS"], 3));
        Assert.Contains("FEATURE_ML_PREDICTIONS is seen in 3 of 3 pods as planned.", seen.Detail, StringComparison.Ordinal);
        Assert.Equal("Failed", world.Sandbox.Store.Find(ResourceKinds.Pods, ProductionNames.Namespace, evicted)!.As<V1Pod>().Status.Phase);
    }

    /// <summary>Puts a pod off its node: another takes its place, and it stays in the list until somebody clears it away.</summary>
    private static string Evict(RolloutWorld world)
    {
        var pod = world.Sandbox.Store.List(ResourceKinds.Pods, ProductionNames.Namespace, out _).Select(stored => stored.As<V1Pod>())
            .First(pod => pod.Metadata.Labels.TryGetValue("version", out var slot) && slot == ProductionNames.BlueSlot);
        world.Sandbox.Store.Update<V1Pod>(ResourceKinds.Pods, ProductionNames.Namespace, pod.Metadata.Name, evicted =>
        {
            evicted.Spec.NodeName = null;
            (evicted.Status.Phase, evicted.Status.Reason) = ("Failed", "Evicted");
        });
        return pod.Metadata.Name;
    }

    /// <summary>A webhook that sets a variable in every pod of the application.</summary>
    private static void Admit(IKubernetesObject<V1ObjectMeta> created, string variable, string value)
    {
        if (created is V1Pod pod && pod.Spec.Containers.FirstOrDefault(container => container.Name == ProductionNames.Container)?.Env?.FirstOrDefault(entry => entry.Name == variable) is { } entry)
        {
            entry.Value = value;
        }
    }

    [Fact]
    public async Task Undo_puts_value_valueFrom_absence_and_order_back_exactly()
    {
        await using var world = await RolloutWorld.StartAsync();
        var before = k8s.KubernetesJson.Serialize(world.Deployment.Spec.Template);
        var plan = await world.DegradeAsync(["ML_PREDICTIONS", "BACKGROUND_JOBS", "EXPORT"], 1);
        await world.ApplyAsync(plan, wait: false);
        Assert.Equal("false", Variable(world, "FEATURE_EXPORT")!.Value);
        await world.UndoAsync(plan.Id);
        Assert.Equal(before, k8s.KubernetesJson.Serialize(world.Deployment.Spec.Template));
        Assert.Equal(3, world.Deployment.Spec.Replicas);
        Assert.Equal("log less", world.Deployment.Metadata.Annotations["kubernetes.io/change-cause"]);
        Assert.Equal(MitigationState.Undone, await world.StateOf(plan.Id));
    }

    [Fact]
    public async Task Other_variables_that_moved_meanwhile_stay_as_they_are()
    {
        await using var world = await RolloutWorld.StartAsync();
        var plan = await world.DegradeAsync(["BACKGROUND_JOBS", "EXPORT"]);
        await world.ApplyAsync(plan, wait: false);
        world.SomebodyChanges(deployment =>
        {
            deployment.Spec.Template.Spec.Containers[0].Env.Insert(0, new V1EnvVar { Name = "NEW", Value = "1" });
            deployment.Spec.Template.Spec.Containers[0].Env.First(variable => variable.Name == "LOG_LEVEL").Value = "error";
        });
        await world.UndoAsync(plan.Id);
        Assert.Equal("background-jobs", Variable(world, "FEATURE_BACKGROUND_JOBS")!.ValueFrom.ConfigMapKeyRef.Key);
        Assert.Null(Variable(world, "FEATURE_EXPORT"));
        Assert.Equal(("1", "error"), (Variable(world, "NEW")!.Value, Variable(world, "LOG_LEVEL")!.Value));
    }

    [Fact]
    public async Task A_variable_that_somebody_changed_since_is_not_overwritten_without_force()
    {
        await using var world = await RolloutWorld.StartAsync();
        var plan = await world.DegradeAsync(["ML_PREDICTIONS"]);
        await world.ApplyAsync(plan, wait: false);
        world.SomebodyChanges(deployment => deployment.Spec.Template.Spec.Containers[0].Env.First(variable => variable.Name == "FEATURE_ML_PREDICTIONS").Value = "canary");
        var failure = await Assert.ThrowsAsync<IncidentException>(() => world.UndoAsync(plan.Id));
        Assert.Equal(FailureKind.ObjectChanged, failure.Kind);
        Assert.Contains("FEATURE_ML_PREDICTIONS of container api: false → canary", failure.Message);
        await world.UndoAsync(plan.Id, force: true);
        Assert.Equal("true", Variable(world, "FEATURE_ML_PREDICTIONS")!.Value);
    }

    [Fact]
    public async Task What_is_back_already_is_recorded_as_undone_without_a_write()
    {
        await using var world = await RolloutWorld.StartAsync();
        var plan = await world.DegradeAsync(["EXPORT"], 3);
        await world.ApplyAsync(plan, wait: false);
        world.SomebodyChanges(deployment => deployment.Spec.Template.Spec.Containers[0].Env.RemoveAt(deployment.Spec.Template.Spec.Containers[0].Env.Count - 1));
        var writes = world.Sandbox.Writes.Count;
        await world.UndoAsync(plan.Id);
        Assert.Equal(writes, world.Sandbox.Writes.Count);
        Assert.Equal(MitigationState.Undone, await world.StateOf(plan.Id));
    }

    [Fact]
    public async Task Replicas_never_go_up_by_accident()
    {
        await using var world = await RolloutWorld.StartAsync();
        world.SomebodyChanges(deployment => deployment.Spec.Replicas = 1);
        var plan = await world.DegradeAsync(["EXPORT"], 2);
        Assert.DoesNotContain(plan.Changes, change => change.Field == "replicas");
        Assert.Contains("2 would be more than run now", Assert.Single(plan.Reasons));
        Assert.Equal(FailureKind.NothingToDo, await RolloutWorld.FailureOf(() => world.DegradeAsync([], 2)));
    }

    [Fact]
    public async Task An_autoscaler_owns_the_replicas()
    {
        await using var world = await RolloutWorld.StartAsync("autoscaler");
        Assert.Equal(FailureKind.ObjectManagedElsewhere, await RolloutWorld.FailureOf(() => world.DegradeAsync(replicas: 1)));
        var features = await world.DegradeAsync();
        Assert.DoesNotContain(features.Changes, change => change.Field == "replicas");
        Assert.Contains("autoscaler malaria-predictor-api sets the replicas", Assert.Single(features.Warnings));
        Assert.Contains((await world.DegradeAsync(replicas: 1, force: true)).Changes, change => change.Field == "replicas");
    }

    [Fact]
    public async Task Forced_past_an_autoscaler_it_looks_again_and_says_who_won()
    {
        await using var world = await RolloutWorld.StartAsync("autoscaler");
        var plan = await world.DegradeAsync([], 1, force: true);
        var failure = await Assert.ThrowsAsync<IncidentException>(() => world.ApplyAsync(plan));
        Assert.Equal(FailureKind.ObjectManagedElsewhere, failure.Kind);
        Assert.Contains("The count was set to 1, and autoscaler malaria-predictor-api has moved it to 3", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_several_containers_one_must_be_named()
    {
        await using var world = await RolloutWorld.StartAsync();
        world.Container = null;
        var failure = await Assert.ThrowsAsync<IncidentException>(() => world.DegradeAsync());
        Assert.Equal(FailureKind.ContainerNotFound, failure.Kind);
        Assert.Contains("api, metrics", failure.Message);
        world.Container = "nobody";
        Assert.Equal(FailureKind.ContainerNotFound, await RolloutWorld.FailureOf(() => world.DegradeAsync()));
    }

    [Fact]
    public async Task Nothing_named_and_nothing_sensible_are_refused()
    {
        await using var world = await RolloutWorld.StartAsync();
        (world.Features, world.ReducedReplicas) = ([], null);
        Assert.Equal(FailureKind.SettingMissing, await RolloutWorld.FailureOf(() => world.DegradeAsync()));
        Assert.Equal(FailureKind.ArgumentInvalid, await RolloutWorld.FailureOf(() => world.DegradeAsync(replicas: 0)));
        Assert.Equal(FailureKind.ArgumentInvalid, await RolloutWorld.FailureOf(() => world.DegradeAsync(replicas: -1)));
        Assert.Equal(FailureKind.NameInvalid, await RolloutWorld.FailureOf(() => world.DegradeAsync(["A=B"])));
    }

    [Fact]
    public async Task Replicas_alone_make_no_new_revision_and_leave_its_cause()
    {
        await using var world = await RolloutWorld.StartAsync();
        var result = await world.ApplyAsync(await world.DegradeAsync([], 1));
        Assert.Equal((2L, 2L), (result.FromRevision, result.ToRevision));
        Assert.Equal("log less", world.Deployment.Metadata.Annotations["kubernetes.io/change-cause"]);
        Assert.Equal(1, world.Deployment.Spec.Replicas);
    }

    [Fact]
    public async Task A_scaling_by_somebody_else_between_plan_and_yes_stops_it()
    {
        await using var world = await RolloutWorld.StartAsync();
        var plan = await world.DegradeAsync([], 2);
        world.SomebodyChanges(deployment => deployment.Spec.Replicas = 5);
        var failure = await Assert.ThrowsAsync<IncidentException>(() => world.ApplyAsync(plan));
        Assert.Contains("replicas: 3 → 5", failure.Message);
        Assert.Empty(world.Sandbox.Writes);
    }

    [Fact]
    public async Task A_rollback_says_which_degradation_its_template_does_not_know()
    {
        await using var world = await RolloutWorld.StartAsync("bad-release");
        await world.ApplyAsync(await world.DegradeAsync(["ML_PREDICTIONS"], 3), wait: false);
        var rollback = await world.PlanAsync();
        Assert.Contains(rollback.Warnings, warning => warning.Contains("the features it switched off come back", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_patch_names_the_variable_by_its_place_under_the_tests()
    {
        await using var world = await RolloutWorld.StartAsync();
        await world.ApplyAsync(await world.DegradeAsync(["BACKGROUND_JOBS"], 2), wait: false);
        var operations = JsonNode.Parse(Assert.Single(world.Sandbox.Writes).Body)!.AsArray();
        Assert.Equal(
            ["test /metadata/uid", "test /metadata/resourceVersion", "replace /spec/template/spec/containers/0/env/1", "replace /spec/replicas",
                "add /metadata/annotations/malaria-incident~1mitigation", "add /metadata/annotations/kubernetes.io~1change-cause"],
            operations.Select(operation => $"{operation!["op"]} {operation["path"]}"));
    }
}
