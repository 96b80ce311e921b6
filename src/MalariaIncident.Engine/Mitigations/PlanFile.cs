using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MalariaIncident.Engine.Mitigations;

/// <summary>A plan on disk: JSON that a person can read, with the digest that a change of it breaks.</summary>
internal static class PlanFile
{
    private const string Format = "malaria-incident-plan/1";
    private const long LongestFile = 4 * 1024 * 1024;
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true };

    /// <summary>The file's path. PathInvalid. Written beside its place and moved, so that nobody reads half a plan.</summary>
    public static async Task<string> SaveAsync(MitigationPlan plan, string path, bool overwrite, CancellationToken cancellationToken)
    {
        var target = Directory.Exists(path) ? Path.Combine(path, $"{plan.Id}.plan.json") : path;
        if (!overwrite && File.Exists(target))
        {
            throw new IncidentException(FailureKind.PathInvalid, $"{target} exists already; nothing was written.", target, advice: "Name another file, or say -Force to replace it.");
        }

        var text = new JsonObject { ["format"] = Format, ["plan"] = MitigationJson.Write(plan) }.ToJsonString(Readable);
        var temporary = $"{target}.{Guid.NewGuid():N}.tmp";
        try
        {
            await File.WriteAllTextAsync(temporary, text + "\n", new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), cancellationToken);
            File.Move(temporary, target, overwrite);
            return target;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            throw new IncidentException(FailureKind.PathInvalid, $"The plan cannot be written to {target}: {failure.Message}", target, failure, "Name a file in a folder that exists and can be written.");
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <summary>PathInvalid, PlanInvalid, PlanAltered.</summary>
    public static async Task<MitigationPlan> LoadAsync(string path, CancellationToken cancellationToken)
    {
        string text;
        try
        {
            if (new FileInfo(path).Length > LongestFile)
            {
                throw Invalid(path, "it is longer than 4 MB");
            }

            text = await File.ReadAllTextAsync(path, cancellationToken);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            throw new IncidentException(FailureKind.PathInvalid, $"The plan {path} cannot be read: {failure.Message}", path, failure, "Name a file that -PlanPath has written.");
        }

        var plan = Parse(text, path);
        PlanSeal.Check(plan);
        return plan;
    }

    private static MitigationPlan Parse(string text, string path)
    {
        JsonNode? file;
        try
        {
            file = JsonNode.Parse(text);
        }
        catch (JsonException failure)
        {
            throw Invalid(path, $"it is not JSON (line {failure.LineNumber + 1})");
        }

        return file is JsonObject content && content["format"] is JsonValue format && format.TryGetValue<string>(out var name)
            ? name == Format
                ? MitigationJson.Read(content["plan"]) ?? throw Invalid(path, "a field is missing or is not what it should be")
                : throw Invalid(path, $"its format is '{name}', and this version knows {Format}")
            : throw Invalid(path, "it is JSON, but not a plan");
    }

    private static IncidentException Invalid(string path, string why) => new(FailureKind.PlanInvalid, $"{path} is no plan: {why}.", path);
}
