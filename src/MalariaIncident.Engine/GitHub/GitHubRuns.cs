using System.Globalization;
using System.Text.Json;
using MalariaIncident.Engine.Text;
using MalariaIncident.Engine.Web;

namespace MalariaIncident.Engine.GitHub;

/// <summary>Runs of GitHub Actions. Whatever goes wrong is a note: the cluster alone knows what is live.</summary>
internal sealed class GitHubRuns(WebConversation web, TimeProvider clock)
{
    public async Task<(IReadOnlyList<WorkflowRun> Runs, string? Note)> ReadAsync(GitHubPlace place, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var question = new WebQuestion { Uri = place.Runs, Credentials = place.Credentials, Accept = "application/vnd.github+json" };
        var answer = await web.AskAsync(question, timeout, cancellationToken);
        if (Complaint(answer, place) is { } complaint)
        {
            return ([], $"The runs of {place.Name} are not known: {complaint}");
        }

        try
        {
            using var document = JsonDocument.Parse(answer.Body);
            return ([.. document.RootElement.GetProperty("workflow_runs").EnumerateArray().Select(Run)], null);
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            return ([], $"The runs of {place.Name} are not known: what answers at {place.Runs.Host} is not the GitHub API, or its answer is cut off.");
        }
    }

    private string? Complaint(WebAnswer answer, GitHubPlace place)
    {
        if (answer.Failure == ProbeFailure.Redirect)
        {
            return $"GitHub {answer.Detail}: the repository was renamed, or a proxy is in between. Correct 'repository' in the environment file.";
        }

        if (answer.Failure is not null)
        {
            return $"GitHub {answer.Detail}.";
        }

        if (answer.StatusCode is 403 or 429 && IsLimited(answer))
        {
            return $"GitHub's rate limit is used up{Until(answer)}.{(place.Credentials is null ? " Set GITHUB_TOKEN for a limit of your own." : "")}";
        }

        return answer.StatusCode switch
        {
            401 => "GitHub does not accept the token of GITHUB_TOKEN (or GH_TOKEN).",
            403 => "the token may not read the actions of this repository.",
            404 => $"there is no such repository or workflow, or {(place.Credentials is null ? "it is private: set GITHUB_TOKEN." : "the token may not see it.")}",
            _ when !answer.IsSuccess => $"GitHub {answer.Detail}.",
            _ when answer.IsPage => $"GitHub {answer.Detail} with a web page: a proxy or a sign-in page is in between.",
            _ => null,
        };
    }

    private static bool IsLimited(WebAnswer answer) =>
        answer.StatusCode == 429 || answer.Headers.ContainsKey("retry-after") || (answer.Headers.TryGetValue("x-ratelimit-remaining", out var left) && left == "0");

    private string Until(WebAnswer answer)
    {
        var reset = answer.Headers.TryGetValue("retry-after", out var wait) && int.TryParse(wait, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            ? clock.GetUtcNow().AddSeconds(seconds)
            : answer.Headers.TryGetValue("x-ratelimit-reset", out var at) && long.TryParse(at, NumberStyles.None, CultureInfo.InvariantCulture, out var unix) && unix < 100_000_000_000
                ? DateTimeOffset.FromUnixTimeSeconds(unix)
                : (DateTimeOffset?)null;
        return reset is { } time ? string.Create(CultureInfo.InvariantCulture, $" until {time:HH:mm} UTC") : "";
    }

    private static WorkflowRun Run(JsonElement run) => new()
    {
        Number = run.GetProperty("run_number").GetInt64(),
        Commit = PlainText.OneLine(run.GetProperty("head_sha").GetString(), 64).ToLowerInvariant(),
        Result = Text(run, "conclusion") ?? Text(run, "status") ?? "unknown",
        UpdatedAt = run.GetProperty("updated_at").GetDateTimeOffset().ToUniversalTime(),
        Branch = Text(run, "head_branch"),
        Title = Text(run, "display_title"),
        Actor = Actor(run, "triggering_actor") ?? Actor(run, "actor"),
        Link = Text(run, "html_url") is { } link && link.StartsWith("http", StringComparison.Ordinal) ? link : null,
    };

    private static string? Text(JsonElement run, string name) =>
        run.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && PlainText.OneLine(value.GetString(), 200) is { Length: > 0 } text ? text : null;

    private static string? Actor(JsonElement run, string name) =>
        run.TryGetProperty(name, out var actor) && actor.ValueKind == JsonValueKind.Object ? Text(actor, "login") : null;
}
