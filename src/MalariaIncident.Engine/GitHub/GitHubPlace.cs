using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using MalariaIncident.Engine.Environments;

namespace MalariaIncident.Engine.GitHub;

/// <summary>Where the runs of a workflow are, and who asks.</summary>
internal sealed partial record GitHubPlace(Uri Runs, string Name, AuthenticationHeaderValue? Credentials)
{
    private const string PublicApi = "https://api.github.com";
    private const int RunsAsked = 50;

    /// <summary>Null where no repository is named. ArgumentInvalid.</summary>
    public static GitHubPlace? Of(DeploymentOptions options, ResolvedScope scope, Func<string, string?> variable)
    {
        if ((Filled(options.Repository) ?? Filled(scope.Environment?.Repository)) is not { } repository)
        {
            return null;
        }

        var workflow = Filled(options.Workflow) ?? Filled(scope.Environment?.Workflow);
        if (!Repository().IsMatch(repository) || repository.EndsWith("/.", StringComparison.Ordinal) || repository.EndsWith("/..", StringComparison.Ordinal))
        {
            throw new IncidentException(FailureKind.ArgumentInvalid, $"The repository '{Text.PlainText.OneLine(repository, 80)}' is not owner/name.", advice: "Write it as example/malaria-prediction-backend.");
        }

        if (workflow is not null && !Workflow().IsMatch(workflow))
        {
            throw new IncidentException(FailureKind.ArgumentInvalid, $"The workflow '{Text.PlainText.OneLine(workflow, 80)}' is no file of .github/workflows.", advice: "Write it as deploy.yml.");
        }

        var api = new Uri((Filled(scope.Environment?.GitHubApi) ?? PublicApi).TrimEnd('/') + "/");
        var of = workflow is null ? "actions/runs" : $"actions/workflows/{workflow}/runs";
        return new(
            new Uri(api, $"repos/{repository}/{of}?per_page={RunsAsked}"),
            workflow is null ? repository : $"{repository} ({workflow})",
            Token(api, variable) is { } token ? new AuthenticationHeaderValue("Bearer", token) : null);
    }

    /// <summary>The variables of gh, in its order. A token does not travel in the clear.</summary>
    private static string? Token(Uri api, Func<string, string?> variable)
    {
        if (api.Scheme != "https" && !api.IsLoopback)
        {
            return null;
        }

        string[] names = api.Host == "api.github.com" ? ["GH_TOKEN", "GITHUB_TOKEN"] : ["GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN", "GITHUB_TOKEN"];
        return names.Select(name => Filled(variable(name))).FirstOrDefault(token => token is not null && token.All(character => character is > ' ' and <= '~'));
    }

    private static string? Filled(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9-]{0,38}/[A-Za-z0-9._-]{1,100}$", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Repository();

    [GeneratedRegex(@"^[A-Za-z0-9_][A-Za-z0-9._-]{0,99}\.ya?ml$", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Workflow();
}
