using System.Management.Automation;

namespace MalariaIncident.Commands;

/// <summary>From a path as PowerShell knows it to one of the file system.</summary>
internal static class FilePlace
{
    /// <summary>PathInvalid for a place of another provider; <paramref name="failing"/> begins its message: <c>No report was written</c>.</summary>
    public static string Of(PSCmdlet cmdlet, string path, string failing)
    {
        if (string.IsNullOrWhiteSpace(path))
        {
            throw new IncidentException(FailureKind.PathInvalid, $"{failing}: the path is empty.", path);
        }

        try
        {
            var place = cmdlet.SessionState.Path.GetUnresolvedProviderPathFromPSPath(path, out var provider, out _);
            return provider.Name == "FileSystem"
                ? place
                : throw new IncidentException(FailureKind.PathInvalid, $"{failing}: '{path}' is a place of the {provider.Name} provider, not of a file system.", path);
        }
        catch (Exception failure) when (failure is System.Management.Automation.DriveNotFoundException or ProviderNotFoundException or ProviderInvocationException)
        {
            throw new IncidentException(FailureKind.PathInvalid, $"{failing}: {failure.Message}", path, failure);
        }
    }
}
