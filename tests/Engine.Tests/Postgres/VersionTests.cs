using MalariaIncident.Engine.Postgres.Locks;
using MalariaIncident.Engine.Postgres.Statements;

namespace Engine.Tests.Postgres;

/// <summary>What was renamed between PostgreSQL 12 and 17 is chosen by what is there. (Only 15 runs in the tests; these hold the text.)</summary>
public sealed class VersionTests
{
    [Theory]
    [InlineData("total_time max_time blk_read_time blk_write_time", "s.total_time", "s.max_time", "s.blk_read_time", false)]
    [InlineData("total_exec_time max_exec_time blk_read_time blk_write_time", "s.total_exec_time", "s.max_exec_time", "s.blk_read_time", true)]
    [InlineData("total_exec_time max_exec_time shared_blk_read_time shared_blk_write_time", "s.total_exec_time", "s.max_exec_time", "s.shared_blk_read_time", true)]
    public void Columns_of_pg_stat_statements(string columns, string total, string longest, string read, bool knowsReset)
    {
        var query = new StatementsView("\"public\"", [.. columns.Split(' ')], knowsReset).Query;

        Assert.Contains(total + "::", query, StringComparison.Ordinal);
        Assert.Contains(longest + "::", query, StringComparison.Ordinal);
        Assert.Contains($"({read} ", query, StringComparison.Ordinal);
        Assert.Equal(knowsReset, query.Contains("pg_stat_statements_info", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(12, false)]
    [InlineData(13, false)]
    [InlineData(14, true)]
    [InlineData(17, true)]
    public void When_a_wait_began_is_known_from_14(int major, bool known) =>
        Assert.Equal(known, LockRow.Query(major).Contains("l.waitstart", StringComparison.Ordinal));
}
