using Engine.Tests.Incidents;

namespace Engine.Tests.Stores;

/// <summary>faults.md: kill -9, in three phases of a write: acknowledged and lost = 0; the chain fits; the journal goes on.</summary>
public sealed class KillNineTests
{
    private const int Writers = 3;

    /// <summary>A campaign of any length: MALARIA_INCIDENT_KILL_ROUNDS=100.</summary>
    private static readonly int Rounds = int.TryParse(Environment.GetEnvironmentVariable("MALARIA_INCIDENT_KILL_ROUNDS"), System.Globalization.CultureInfo.InvariantCulture, out var rounds) ? rounds : 8;

    [Theory]
    [InlineData("while the journal is made")]
    [InlineData("between two acknowledgements")]
    [InlineData("at any moment")]
    public async Task Killed_writers_lose_nothing_that_was_acknowledged(string phase)
    {
        var random = new Random(StringComparer.Ordinal.GetHashCode(phase));
        using var place = new JournalPlace();
        var kills = 0;
        for (var round = 0; round < Rounds; round++)
        {
            if (phase == "while the journal is made")
            {
                foreach (var file in Directory.EnumerateFiles(place.Folder, "journal.db*"))
                {
                    File.Delete(file);
                }
            }

            var writers = Enumerable.Range(0, Writers).Select(_ => new WriterProcess(place.StorePath, "new", 100_000)).ToList();
            try
            {
                if (phase == "while the journal is made")
                {
                    await Task.WhenAny(writers.Select(writer => writer.HearAsync(1)));
                }

                await Task.WhenAll(writers.Select(async writer =>
                {
                    switch (phase)
                    {
                        case "between two acknowledgements":
                            await writer.HearAsync(random.Next(2, 12));
                            break;
                        case "at any moment":
                            await writer.HearAsync(2);
                            await Task.Delay(random.Next(0, 60));
                            break;
                    }

                    await writer.KillAsync();
                    Interlocked.Increment(ref kills);
                }));

                Assert.All(writers, writer => Assert.Empty(writer.Complaint));
                foreach (var written in writers.SelectMany(writer => writer.Acknowledged).GroupBy(note => note.Incident))
                {
                    var timeline = await place.Incidents.TimelineAsync(written.Key, default).Select(entry => entry.Sequence).ToListAsync();
                    Assert.Empty(written.Select(note => note.Sequence).Except(timeline));
                }
            }
            finally
            {
                writers.ForEach(writer => writer.Dispose());
            }
        }

        Assert.Equal(Writers * Rounds, kills);
        Assert.All(await place.Incidents.VerifyAsync(null, default).ToListAsync(), check => Assert.True(check.Intact, check.Reason));
        Assert.Equal(2, (await place.Incidents.NoteAsync((await place.DeclareAsync()).Id, "life goes on", default)).Sequence);
    }

}
