namespace MalariaIncident.Engine.Environments;

/// <summary>The environment file: read anew by every command, so that an edit counts at once.</summary>
internal sealed class EnvironmentFile(Func<string, string?> variable) : IEnvironments
{
    public const string FileVariable = "MALARIA_INCIDENT_ENVIRONMENTS";
    public const string DefaultVariable = "MALARIA_INCIDENT_ENVIRONMENT";

    public async Task<IReadOnlyList<OperationsEnvironment>> ListAsync(CancellationToken cancellationToken) => (await ReadAsync(cancellationToken)).Environments;

    public async Task<string?> GetDefaultNameAsync(CancellationToken cancellationToken)
    {
        var named = variable(DefaultVariable)?.Trim();
        return string.IsNullOrEmpty(named) ? (await ReadAsync(cancellationToken)).Default : named;
    }

    /// <summary>EnvironmentNotFound names those there are.</summary>
    public static IncidentException NotFound(string name, IReadOnlyList<OperationsEnvironment> known) => new(
        FailureKind.EnvironmentNotFound,
        $"The environment file knows no '{name}'; it knows {string.Join(", ", known.Select(environment => environment.Name))}.",
        name,
        advice: "Name one of these, or add it to the environment file (see about_MalariaIncident_Environments).");

    private async Task<EnvironmentDocument> ReadAsync(CancellationToken cancellationToken)
    {
        var named = variable(FileVariable);
        var path = string.IsNullOrWhiteSpace(named) ? DefaultPath() : Path.GetFullPath(named);
        try
        {
            return EnvironmentDocument.Parse(await File.ReadAllTextAsync(path, cancellationToken), path);
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException)
        {
            return string.IsNullOrWhiteSpace(named)
                ? EnvironmentDocument.Empty
                : throw new IncidentException(
                    FailureKind.EnvironmentFileMissing, $"There is no environment file {path}, which {FileVariable} names.", path, advice: $"Correct or unset {FileVariable}.");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new IncidentException(
                FailureKind.EnvironmentFileInvalid, $"The environment file {path} cannot be read: {failure.Message}", path, advice: "Check its path and permissions.");
        }
    }

    private static string DefaultPath() => Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData, Environment.SpecialFolderOption.DoNotVerify), "malaria-incident", "environments.yaml");
}
