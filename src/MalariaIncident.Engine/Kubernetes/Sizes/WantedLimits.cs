using System.Text.Json.Nodes;
using MalariaIncident.Engine.Kubernetes.Rollouts;

namespace MalariaIncident.Engine.Kubernetes.Sizes;

/// <summary>The limits that an operator asked for, and what they mean for a container as it is.</summary>
internal sealed class WantedLimits
{
    private readonly List<(string Resource, Quantity Amount)> wanted = [];
    private readonly bool lowerRequest;

    /// <summary>ArgumentInvalid.</summary>
    public WantedLimits(ResourceLimitRequest request)
    {
        lowerRequest = request.LowerRequest;
        foreach (var (resource, typed) in new[] { ("memory", request.Memory), ("cpu", request.Cpu) })
        {
            if (typed is not null)
            {
                wanted.Add((resource, Quantity.Parse(resource, typed)));
            }
        }

        if (wanted.Count == 0)
        {
            throw new IncidentException(FailureKind.ArgumentInvalid, "No limit is named.", advice: "Give -Memory (8Gi), -Cpu (4), or both.");
        }
    }

    public string InWords => string.Join(" and ", wanted.Select(limit => $"the {limit.Resource} limit to {limit.Amount.Text}"));

    /// <summary>
    /// What has to change in a container. A request above its limit is against the rules of Kubernetes: refused, or lowered to the limit where
    /// that was asked for; else requests are left, since they decide where the pods can run.
    /// </summary>
    /// <param name="container">As it is.</param>
    /// <param name="place">For messages.</param>
    /// <param name="requestFollows">The request moves with the limit, for a pod whose quality of service must stay Guaranteed.</param>
    public IReadOnlyList<ResourceEdit> EditsFor(JsonObject container, string place, bool requestFollows)
    {
        var name = PodTemplate.ContainerName(container);
        var edits = new List<ResourceEdit>();
        foreach (var (resource, amount) in wanted)
        {
            var limit = container.Text("resources", ResourceEdit.Limits, resource);
            var request = container.Text("resources", ResourceEdit.Requests, resource);
            if (!ResourceEdit.Same(limit, amount.Text))
            {
                edits.Add(new ResourceEdit(name, ResourceEdit.Limits, resource, limit, amount.Text));
            }

            if (Quantity.Of(JsonValue.Create(request)) is not { } asked || asked.Value == amount.Value || (asked.Value < amount.Value && !requestFollows))
            {
                continue;
            }

            if (!lowerRequest && !requestFollows)
            {
                throw new IncidentException(
                    FailureKind.ArgumentInvalid,
                    $"A {resource} limit of {amount.Text} is below what container {name} of {place} requests, {request}: Kubernetes takes no such pod.",
                    amount.Text,
                    advice: $"Give at least {request}, or say -LowerRequest: the request goes down to the limit, too.");
            }

            edits.Add(new ResourceEdit(name, ResourceEdit.Requests, resource, request, amount.Text));
        }

        return edits;
    }

    /// <summary>Resources without a request, whose limit counts as one: a higher limit needs more room on a node.</summary>
    public IEnumerable<string> Unrequested(JsonObject container) => wanted
        .Select(limit => limit.Resource)
        .Where(resource => container.At("resources", ResourceEdit.Requests, resource) is null);
}
