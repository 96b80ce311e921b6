using System.Management.Automation;

namespace MalariaIncident.Commands;

/// <summary>Lets <c>-Incident</c> take an id, an incident, or any result that carries one.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class IncidentIdAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData) => inputData switch
    {
        null => null,
        object[] many => many.Select(IdOf).ToArray(),
        _ => IdOf(inputData),
    };

    private static object? IdOf(object? input)
    {
        var value = input is PSObject wrapped ? wrapped.BaseObject : input;
        return value switch
        {
            string text => text,
            Incident incident => incident.Id,
            // Deserialised objects (jobs, remoting) have lost their type but kept their properties.
            not null when PSObject.AsPSObject(input).Properties["IncidentId"]?.Value is string id => id,
            not null when PSObject.AsPSObject(input).Properties["Incident"]?.Value is string id => id,
            _ => value,
        };
    }
}
