namespace Cmdlet.Tests.Harness;

/// <summary>A missing real server is a skip, and a failure where <c>MALARIA_INCIDENT_REQUIRE_SERVERS</c> is 1.</summary>
internal static class Servers
{
    public static void Require(bool found, string name)
    {
        Assert.True(found || Environment.GetEnvironmentVariable("MALARIA_INCIDENT_REQUIRE_SERVERS") != "1", $"{name} is required and not installed");
        Skip.IfNot(found, $"{name} is not installed");
    }
}
