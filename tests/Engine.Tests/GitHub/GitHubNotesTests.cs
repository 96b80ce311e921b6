using Engine.Tests.Http;
using MalariaIncident;
using Microsoft.AspNetCore.Http;

namespace Engine.Tests.GitHub;

/// <summary>Without GitHub the command works, and says what is missing.</summary>
public sealed class GitHubNotesTests
{
    [Theory]
    [InlineData(401, "{}", "t0k3n", "does not accept the token")]
    [InlineData(403, "{}", "t0k3n", "may not read")]
    [InlineData(404, "{}", null, "set GITHUB_TOKEN")]
    [InlineData(404, "{}", "t0k3n", "may not see it")]
    [InlineData(500, "{}", null, "answered 500")]
    [InlineData(200, "<html>Sign in</html>", null, "web page")]
    [InlineData(200, "{\"workflow_runs\":[{", null, "cut off")]
    [InlineData(200, "{\"workflow_runs\":[{}]}", null, "not the GitHub API")]
    [InlineData(200, "null", null, "not the GitHub API")]
    public async Task Each_failure_is_a_note_of_its_own(int status, string body, string? token, string told)
    {
        await using var github = await HealthServer.AnsweringAsync(status, body);
        var (deployments, notes) = await Desk(github.Uri.ToString(), token).AskAsync();
        Assert.True(Assert.Single(deployments).Live);
        Assert.Contains(told, Assert.Single(notes), StringComparison.Ordinal);
        Assert.DoesNotContain("t0k3n", notes[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(403, "x-ratelimit-remaining", "0")]
    [InlineData(429, "retry-after", "60")]
    public async Task A_used_up_rate_limit_says_until_when_and_what_helps(int status, string header, string value)
    {
        await using var github = await HealthServer.StartAsync((context, _) =>
        {
            context.Response.StatusCode = status;
            context.Response.Headers[header] = value;
            context.Response.Headers["x-ratelimit-reset"] = $"{new DateTimeOffset(2030, 1, 1, 13, 37, 0, TimeSpan.Zero).ToUnixTimeSeconds()}";
            return Task.CompletedTask;
        });
        var note = Assert.Single((await Desk(github.Uri.ToString()).AskAsync()).Notes);
        Assert.Matches(header == "retry-after" ? @"rate limit is used up until \d\d:\d\d UTC\. Set GITHUB_TOKEN" : @"rate limit is used up until 13:37 UTC\. Set GITHUB_TOKEN", note);
    }

    [Fact]
    public async Task Down_and_not_configured_are_notes_too()
    {
        Assert.Contains("nothing listens", Assert.Single((await Desk("http://127.0.0.1:1").AskAsync()).Notes), StringComparison.Ordinal);
        var none = new DeploymentDesk { Repository = null }.With(1, 10, "api:1", current: true);
        Assert.Contains("'repository'", Assert.Single((await none.AskAsync()).Notes), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_redirect_is_not_followed_so_that_the_token_does_not_travel()
    {
        await using var elsewhere = await HealthServer.AnsweringAsync(200, "{}");
        await using var github = await HealthServer.StartAsync((context, _) =>
        {
            context.Response.Redirect(elsewhere.Uri.ToString());
            return Task.CompletedTask;
        });
        Assert.Contains("renamed", Assert.Single((await Desk(github.Uri.ToString(), "t0k3n").AskAsync()).Notes), StringComparison.Ordinal);
        Assert.Empty(elsewhere.Seen);
    }

    [Theory]
    [InlineData("../..", null)]
    [InlineData("a/..", null)]
    [InlineData("a/b/c", null)]
    [InlineData("a/b?x=", null)]
    [InlineData("a/b", "../x.yml")]
    [InlineData("a/b", "deploy")]
    public async Task Names_that_would_leave_their_place_are_refused(string repository, string? workflow)
    {
        var failure = await Assert.ThrowsAsync<IncidentException>(() => Desk("http://127.0.0.1:1").AskAsync(new() { Repository = repository, Workflow = workflow }));
        Assert.Equal(FailureKind.ArgumentInvalid, failure.Kind);
    }

    private static DeploymentDesk Desk(string api, string? token = null) => new DeploymentDesk { Api = api, Token = token }.With(1, 10, "api:1", current: true);
}
