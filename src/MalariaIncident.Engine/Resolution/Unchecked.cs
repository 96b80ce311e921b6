namespace MalariaIncident.Engine.Resolution;

/// <summary>A check that could not be made says so; it neither passes nor fails the incident.</summary>
internal static class Unchecked
{
    public static async Task<ResolutionCheck> WhenItFailsAsync(string check, Func<Task<ResolutionCheck>> make)
    {
        try
        {
            return await make();
        }
        catch (IncidentException failure) when (failure.Kind != FailureKind.Stopped)
        {
            return new ResolutionCheck(check, null, $"Not checked: {failure.Message}");
        }
    }
}
