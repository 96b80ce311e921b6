using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace MalariaIncident.Sandbox.Observed;

/// <summary>The part of GitHub's API that lists the runs of the workflow which released what the cluster has run.</summary>
internal sealed class GitHubServer(ReleaseHistory history) : JsonServer
{
    public const string Repository = "example/malaria-prediction-backend";
    public const string Workflow = "deploy.yml";
    private const int FirstRun = 101;

    protected override Task<(int Status, JsonObject Body)> AnswerAsync(HttpContext http)
        => Task.FromResult(http.Request.Path.Value is $"/repos/{Repository}/actions/runs" or $"/repos/{Repository}/actions/workflows/{Workflow}/runs"
            ? (200, Runs())
            : (404, new JsonObject { ["message"] = "Not Found" }));

    private JsonObject Runs()
    {
        // One run a release; what was put back was not released again.
        var releases = history.Read().DistinctBy(release => release.Tag).ToList();
        return new()
        {
            ["total_count"] = releases.Count,
            ["workflow_runs"] = new JsonArray([.. releases.Select(Run).Reverse()]),
        };
    }

    private JsonObject Run(LiveRelease release, int index)
    {
        var ended = Rfc3339.ToSecond(release.From);
        return new()
        {
            ["id"] = 1_000_000 + FirstRun + index,
            ["run_number"] = FirstRun + index,
            ["name"] = "Deploy",
            ["display_title"] = $"Release {release.Tag}",
            ["event"] = "push",
            ["status"] = "completed",
            ["conclusion"] = "success",
            ["head_branch"] = $"v{release.Tag}",
            ["head_sha"] = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(release.Tag)))[..40],
            ["html_url"] = $"https://github.com/{Repository}/actions/runs/{1_000_000 + FirstRun + index}",
            ["created_at"] = ended,
            ["updated_at"] = ended,
            ["actor"] = new JsonObject { ["login"] = "release-engineer" },
        };
    }
}
