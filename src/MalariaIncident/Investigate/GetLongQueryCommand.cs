using System.Management.Automation;
using MalariaIncident.Commands;

namespace MalariaIncident.Investigate;

/// <summary>Lists sessions that have been at work, or have kept a transaction open, for long.</summary>
[Cmdlet(VerbsCommon.Get, "LongQuery")]
[OutputType(typeof(LongQuery))]
public sealed class GetLongQueryCommand : LongQueryCmdlet
{
    /// <inheritdoc/>
    protected override void Process() => WriteStream(engine => engine.Databases.GetLongQueriesAsync(Scope, Filter, StopToken));
}
