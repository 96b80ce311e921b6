using MalariaIncident.Engine.Environments;

namespace MalariaIncident.Engine.Http;

/// <summary>Which addresses a scope means.</summary>
internal static class ServiceAddresses
{
    /// <summary>Those given, else those of the environment; SettingMissing where there is none.</summary>
    public static IReadOnlyList<ProbeAddress> Require(ResolvedScope scope, IReadOnlyList<string> given)
    {
        if (given.Count > 0)
        {
            return [.. given.Select((address, index) => ProbeAddress.Parse(ProbeAddress.NameOf(address, index), address))];
        }

        var known = Known(scope);
        if (known.Count > 0)
        {
            return known;
        }

        throw scope.EnvironmentName is { } name
            ? new IncidentException(
                FailureKind.SettingMissing,
                $"The environment '{name}' names no health address.",
                subject: name,
                advice: "Set its liveness and readiness addresses in the environment file, or give -Address.")
            : new IncidentException(
                FailureKind.SettingMissing,
                "No health address is known: neither an address nor an environment was given.",
                advice: "Give -Address, or -Environment with liveness and readiness addresses in the environment file.");
    }

    /// <summary>Those of the environment; empty where it names none.</summary>
    public static IReadOnlyList<ProbeAddress> Known(ResolvedScope scope)
    {
        var addresses = new List<ProbeAddress>(2);
        if (!string.IsNullOrWhiteSpace(scope.Liveness))
        {
            addresses.Add(ProbeAddress.Parse("liveness", scope.Liveness));
        }

        if (!string.IsNullOrWhiteSpace(scope.Readiness))
        {
            addresses.Add(ProbeAddress.Parse("readiness", scope.Readiness));
        }

        return addresses;
    }
}
