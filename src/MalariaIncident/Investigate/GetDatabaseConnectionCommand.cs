using System.Management.Automation;
using MalariaIncident.Commands;

namespace MalariaIncident.Investigate;

/// <summary>Counts the connections of a database server, in every state.</summary>
[Cmdlet(VerbsCommon.Get, "DatabaseConnection")]
[OutputType(typeof(DatabaseConnection))]
public sealed class GetDatabaseConnectionCommand : DatabaseCmdlet
{
    /// <inheritdoc/>
    protected override void Process() => WriteStream(engine => engine.Databases.GetConnectionsAsync(Scope, StopToken));
}
