using MalariaIncident.Engine.Text;

namespace MalariaIncident.Engine.Kubernetes.Rollouts;

/// <summary>Which container a change is meant for: the named one, or the only one. Never a guess: sidecars have environments too.</summary>
internal static class ContainerChoice
{
    /// <summary>ContainerNotFound lists what there is. Null only where none is needed and none is clear.</summary>
    public static string? Of(DeploymentReader reader, DeploymentSnapshot deployment, string? named, bool needed)
    {
        var names = deployment.Template.Images.Keys.ToList();
        if (named is not null)
        {
            return names.Contains(named, StringComparer.Ordinal) ? named : throw new IncidentException(
                FailureKind.ContainerNotFound,
                $"{reader.ThePlace} has no container '{PlainText.OneLine(named, 80)}'; it has {string.Join(", ", names)}.",
                named);
        }

        if (names.Count == 1)
        {
            return names[0];
        }

        return !needed ? null : throw new IncidentException(
            FailureKind.ContainerNotFound,
            $"{reader.ThePlace} has several containers ({string.Join(", ", names)}), and nothing says which one is the application's.",
            reader.Name,
            advice: "Name one with -Container, or once and for all in the environment file.");
    }
}
