using System.Text.RegularExpressions;

namespace MalariaIncident.Engine.GitHub;

/// <summary>Which run made an image. An image says so by the commit in its tag, or by a tag that is the run's own; nothing is matched by time.</summary>
internal static partial class RunMatch
{
    /// <summary>Shorter beginnings of a commit are taken for one by chance.</summary>
    private const int ShortestCommit = 7;

    /// <summary>The newest run of the commit that the images or the cause name, else the only run of a tag of that name; null where there is none.</summary>
    public static WorkflowRun? Find(RolloutRevision rollout, IReadOnlyList<WorkflowRun> runs)
    {
        var tags = rollout.Images.Select(TagOf).OfType<string>().ToList();
        var commits = tags.Append(rollout.Cause ?? "")
            .SelectMany(text => Commit().Matches(text).Select(match => match.Value.ToLowerInvariant()))
            .Where(commit => commit.Length >= ShortestCommit)
            .ToList();
        // A commit may have run more than once; the run that succeeded is the one whose image exists.
        if (runs.Where(run => commits.Exists(commit => run.Commit.StartsWith(commit, StringComparison.Ordinal)))
                .OrderByDescending(run => run.Result == "success").ThenByDescending(run => run.UpdatedAt).FirstOrDefault() is { } exact)
        {
            return exact;
        }

        // A branch such as main has many runs, of which none is this image's; a release's tag has one.
        var named = runs.Where(run => run.Branch is { } branch && tags.Exists(tag => Version(tag) == Version(branch))).ToList();
        return named.Select(run => run.Commit).Distinct(StringComparer.Ordinal).Count() == 1 ? named.MaxBy(run => run.UpdatedAt) : null;
    }

    /// <summary>Tag of <c>name=registry:5000/path/image:tag@sha256:…</c>; null where only a digest, or nothing, pins it.</summary>
    public static string? TagOf(string image)
    {
        var reference = image[(image.IndexOf('=', StringComparison.Ordinal) + 1)..].Split('@')[0];
        var last = reference[(reference.LastIndexOf('/') + 1)..];
        var colon = last.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? null : last[(colon + 1)..];
    }

    private static string Version(string tag) => tag.Length > 1 && tag[0] is 'v' or 'V' && char.IsAsciiDigit(tag[1]) ? tag[1..] : tag;

    [GeneratedRegex("(?<![0-9A-Za-z])[0-9a-fA-F]{7,40}(?![0-9A-Za-z])", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Commit();
}
