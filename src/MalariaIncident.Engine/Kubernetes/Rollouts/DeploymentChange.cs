using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using MalariaIncident.Engine.Environments;
using MalariaIncident.Engine.Mitigations;
using MalariaIncident.Engine.Text;

namespace MalariaIncident.Engine.Kubernetes.Rollouts;

/// <summary>What every change to a deployment does alike: reach it, mark it, send under a condition, read back, follow.</summary>
internal sealed class DeploymentChange(IClusterConnections connections, TimeProvider time)
{
    /// <summary>Names the mitigation that changed the deployment last. Written together with the change, so it tells after a lost answer.</summary>
    public const string MitigationAnnotation = "malaria-incident/mitigation";

    public static readonly TimeSpan DefaultDeadline = TimeSpan.FromMinutes(5);

    /// <summary>A request whose answer was lost may still be on its way; this long, and no longer, it is waited for.</summary>
    private static readonly TimeSpan OnItsWay = TimeSpan.FromMilliseconds(200);

    private const int ReadBacks = 3;

    /// <summary>SettingMissing, NameInvalid, and the failures of a kubeconfig.</summary>
    public async Task<DeploymentReader> OpenAsync(ResolvedScope scope, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(scope.Deployment))
        {
            throw new IncidentException(
                FailureKind.SettingMissing,
                "No deployment is named.",
                advice: "Name it with -Deployment (and -Namespace), or in the environment file, or choose the environment with -Environment.");
        }

        return new DeploymentReader(await connections.OpenAsync(scope, cancellationToken), scope.Deployment, scope.Timeout);
    }

    /// <summary>The scope with the very place in it, so that an undo in another session finds the same one.</summary>
    public static Scope Pin(ResolvedScope scope, DeploymentReader reader, string? container) => scope.Typed with
    {
        Environment = scope.EnvironmentName,
        KubeConfig = scope.KubeConfig,
        Context = reader.Context,
        Namespace = reader.Namespace,
        Deployment = reader.Name,
        Container = container,
    };

    public static string Target(DeploymentReader reader) => $"{reader.Place}, context {reader.Context}";

    public static IEnumerable<JsonObject> Marks(DeploymentSnapshot now, MitigationPlan plan, string? cause)
    {
        if (now.Content.At("metadata", "annotations") is null)
        {
            yield return ConditionalPatch.Operation("add", "/metadata/annotations", new JsonObject());
        }

        yield return ConditionalPatch.Annotation(MitigationAnnotation, plan.Id);
        if (cause is not null)
        {
            yield return ConditionalPatch.Annotation(DeploymentSnapshot.CauseAnnotation, cause);
        }
    }

    public static ActStep.Sent Accepted(MitigationPlan plan, DeploymentSnapshot changed) => new(
        EventKind.ActionSucceeded,
        $"{plan.Summary}: the cluster took it (generation {changed.Generation})",
        new JsonObject { ["generation"] = changed.Generation, ["resourceVersion"] = changed.ResourceVersion });

    /// <summary>
    /// The change carries its id, and the deployment controller copies it onto the ReplicaSet: so it is found even when others changed
    /// the deployment since. Without it, it was not made; and once anything else moved, its condition keeps it from being made late.
    /// </summary>
    public async Task<ReadBack> ReadBackAsync(MitigationPlan plan, ResolvedScope scope, CancellationToken cancellationToken)
    {
        var reader = await OpenAsync(scope, cancellationToken);
        for (var look = 1; ; look++)
        {
            var now = await reader.DeploymentAsync(cancellationToken);
            if (now.Annotations.GetValueOrDefault(MitigationAnnotation) == plan.Id)
            {
                return ReadBack.Applied;
            }

            if (DeploymentMark.FromJson(plan.Instructions["mark"]).MovedIn(now, replicasMayMove: true).Count > 0)
            {
                var revisions = await reader.RevisionsAsync(now, cancellationToken);
                return revisions.Any(revision => revision.Content.Text("metadata", "annotations", MitigationAnnotation) == plan.Id)
                    ? ReadBack.Applied
                    : ReadBack.NotApplied;
            }

            if (look == ReadBacks)
            {
                return ReadBack.NotApplied;
            }

            await Task.Delay(OnItsWay, time, cancellationToken);
        }
    }

    /// <summary>Follows the rollout and ends with one result.</summary>
    public async IAsyncEnumerable<ActStep> FollowAsync(
        MitigationPlan plan, ResolvedScope scope, bool wait, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var reader = await OpenAsync(scope, cancellationToken);
        DeploymentSnapshot? now = null;
        if (wait)
        {
            var expects = plan.Instructions["expects"];
            var goal = new RolloutGoal(plan.Instructions.Text("mark", "uid") ?? "", expects.Text("template") ?? "", expects.Map("images"));
            await foreach (var step in new RolloutFollower(time).FollowAsync(reader, goal, plan.Deadline, cancellationToken))
            {
                now = step.Completed ?? now;
                yield return new ActStep.Progress(MitigationPhase.Following, step.Activity, step.Percent);
            }
        }
        else
        {
            now = await reader.DeploymentAsync(cancellationToken);
        }

        var took = time.GetElapsedTime(started);
        var detail = wait
            ? $"The rollout is complete: {now!.ReadyPods} of {Amount.Are(now.Replicas, "pod")} ready after {Duration.InWords(took)}."
            : "The cluster took the change; the rollout was not waited for.";
        yield return new ActStep.Part(
            new DeploymentChangeResult
            {
                Incident = plan.Incident,
                Environment = plan.Environment,
                MitigationId = plan.Id,
                Kind = plan.Kind,
                Namespace = reader.Namespace,
                Deployment = reader.Name,
                FromRevision = plan.Instructions.Number("from", "revision"),
                ToRevision = now!.ObservedGeneration >= now.Generation ? now.Revision : null,
                Image = ImageOf(now, plan.Scope.Container),
                Changes = plan.Changes,
                ReadyReplicas = wait ? now.ReadyPods : null,
                Duration = took,
                Detail = detail,
            },
            detail);
    }

    private static string? ImageOf(DeploymentSnapshot deployment, string? container) =>
        container is not null && deployment.Template.Images.TryGetValue(container, out var image) ? image : deployment.Template.Images.Values.FirstOrDefault();
}
