using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using MalariaIncident.Engine.Kubernetes.Rollouts;

namespace MalariaIncident.Engine.Kubernetes.Access;

/// <summary>"May I?", asked of the server itself (SelfSubjectAccessReview): whatever authorizer it has, it answers as it would judge the request.</summary>
internal sealed class AccessReviews(ClusterConnection connection, TimeSpan timeout)
{
    private const int AtOnce = 8;
    private const string Path = "apis/authorization.k8s.io/v1/selfsubjectaccessreviews";

    /// <summary>The same questions asked once each, several at a time; those that got no answer have their failure.</summary>
    public async Task<IReadOnlyDictionary<ClusterPermission, AccessAnswer>> AskAsync(IEnumerable<ClusterPermission> permissions, CancellationToken cancellationToken)
    {
        var answers = permissions.Distinct().ToDictionary(permission => permission, _ => new AccessAnswer(false, null));
        await Parallel.ForEachAsync(
            answers.Keys.ToList(),
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
            async (permission, token) =>
            {
                var answer = await AskAsync(permission, token);
                lock (answers)
                {
                    answers[permission] = answer;
                }
            });
        return answers;
    }

    private async Task<AccessAnswer> AskAsync(ClusterPermission permission, CancellationToken cancellationToken)
    {
        try
        {
            var allowed = await connection.ReadAsync($"Asking whether {permission} is allowed", timeout, (_, token) => SendAsync(permission, token), cancellationToken);
            return new AccessAnswer(allowed, null);
        }
        catch (IncidentException failure)
        {
            return new AccessAnswer(false, failure);
        }
    }

    private async Task<bool> SendAsync(ClusterPermission permission, CancellationToken cancellationToken)
    {
        var resource = permission.Resource.Split('/');
        var attributes = new JsonObject
        {
            ["verb"] = permission.Verb,
            ["group"] = permission.Group,
            ["resource"] = resource[0],
        };
        if (resource.Length > 1)
        {
            attributes["subresource"] = resource[1];
        }

        if (permission.Reach == PermissionReach.Namespace)
        {
            attributes["namespace"] = connection.Namespace;
        }

        var review = new JsonObject
        {
            ["apiVersion"] = "authorization.k8s.io/v1",
            ["kind"] = "SelfSubjectAccessReview",
            ["spec"] = new JsonObject { ["resourceAttributes"] = attributes },
        };
        using var content = new StringContent(review.ToJsonString(), new MediaTypeHeaderValue("application/json"));
        using var response = await connection.Http.PostAsync(Path, content, cancellationToken);
        var answer = await JsonNode.ParseAsync(await response.Content.ReadAsStreamAsync(cancellationToken), cancellationToken: cancellationToken);
        return answer.Text("kind") == "SelfSubjectAccessReview" && answer.Text("status", "allowed") is { } allowed
            ? allowed == "true"
            : throw new ClusterNonsenseException("something other than an answer to the question what is allowed");
    }
}

/// <param name="Allowed">True where the server says so.</param>
/// <param name="Failure">Why there is no answer; null where there is one.</param>
internal sealed record AccessAnswer(bool Allowed, IncidentException? Failure);
