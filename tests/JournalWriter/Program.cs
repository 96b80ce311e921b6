using System.Globalization;
using MalariaIncident;
using MalariaIncident.Engine;

// Writes notes and says which the journal has acknowledged, until it is done or killed:
//   JournalWriter <incident or "new"> <how many>
await using var rooms = new EngineRooms();
var id = args[0] == "new"
    ? (await rooms.Incidents.DeclareAsync(new IncidentDeclaration { Title = "A writer that may be killed", Severity = Severity.P3 }, CancellationToken.None)).Id
    : args[0];
Console.WriteLine($"{id} 1");
for (var number = 1; number <= int.Parse(args[1], CultureInfo.InvariantCulture); number++)
{
    var note = await rooms.Incidents.NoteAsync(id, $"note {number} of {Environment.ProcessId}", CancellationToken.None);
    Console.WriteLine($"{id} {note.Sequence} {note.Hash}");
}
