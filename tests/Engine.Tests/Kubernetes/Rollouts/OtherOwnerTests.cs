using System.Text.Json.Nodes;
using MalariaIncident.Engine.Kubernetes.Rollouts;

namespace Engine.Tests.Kubernetes.Rollouts;

/// <summary>Argo CD, Flux and operators put a change by hand back; Helm by itself does not.</summary>
public sealed class OtherOwnerTests
{
    private static string? Owner(string metadata) => OtherOwner.Of(Cluster.Deployment(Cluster.Template("api:1"), deployment =>
    {
        foreach (var (name, value) in (JsonObject)JsonNode.Parse(metadata)!)
        {
            deployment["metadata"]![name] = value?.DeepClone();
        }
    }));

    [Theory]
    [InlineData("""{"annotations":{"argocd.argoproj.io/tracking-id":"malaria:apps/Deployment:prod/api"}}""", "Argo CD (argocd.argoproj.io/tracking-id: malaria:apps/Deployment:prod/api)")]
    [InlineData("""{"labels":{"argocd.argoproj.io/instance":"malaria"}}""", "Argo CD (argocd.argoproj.io/instance: malaria)")]
    [InlineData("""{"labels":{"kustomize.toolkit.fluxcd.io/name":"apps"}}""", "Flux (Kustomization) (kustomize.toolkit.fluxcd.io/name: apps)")]
    [InlineData("""{"labels":{"helm.toolkit.fluxcd.io/name":"api"}}""", "Flux (HelmRelease) (helm.toolkit.fluxcd.io/name: api)")]
    [InlineData("""{"ownerReferences":[{"kind":"Predictor","name":"malaria","uid":"p-1","controller":true}]}""", "Predictor malaria (its owner reference)")]
    [InlineData("""{"managedFields":[{"manager":"kustomize-controller","operation":"Apply"}]}""", "Flux (Kustomization) (field manager kustomize-controller)")]
    public void Who_would_revert_a_change_is_named_with_the_evidence(string metadata, string owner) => Assert.Equal(owner, Owner(metadata));

    [Theory]
    [InlineData("""{"labels":{"app.kubernetes.io/managed-by":"Helm"}}""")]
    [InlineData("""{"labels":{"kustomize.toolkit.fluxcd.io/name":"apps"},"annotations":{"kustomize.toolkit.fluxcd.io/reconcile":"disabled"}}""")]
    [InlineData("""{"managedFields":[{"manager":"kubectl-client-side-apply"}]}""")]
    public void Who_would_not_is_none(string metadata) => Assert.Null(Owner(metadata));
}
