using MalariaIncident;
using MalariaIncident.Engine.Dependencies;
using MalariaIncident.Engine.Kubernetes;

namespace Engine.Tests.Dependencies;

public sealed class PodProbeTests
{
    private const string Refused = "malaria-incident\trefused\tredis:6379\tvariable\tConnectionRefusedError\n";
    private const string Up = "malaria-incident\tup\tredis:6379\tvariable\tanswers PING\n";

    [Theory]
    [InlineData("", "IndentationError: unexpected indent", 0, DependencyState.NotChecked)]
    [InlineData("", "IndentationError: unexpected indent", 1, DependencyState.NotChecked)]
    [InlineData("Redis is healthy\n", "", 0, DependencyState.NotChecked)]
    [InlineData(Up, "", 0, DependencyState.Up)]
    [InlineData(Up, "", 1, DependencyState.NotChecked)]
    [InlineData(Up, "", null, DependencyState.NotChecked)]
    [InlineData(Refused, "", 1, DependencyState.Unreachable)]
    [InlineData(Refused, "", 0, DependencyState.NotChecked)]
    public void Trap_an_exit_code_of_0_alone_proves_nothing(string output, string error, int? code, DependencyState expected)
    {
        var view = PodProbe.Read(new ExecAnswer(output, error, code, ""), "api-1/api", new PodQuestion(DependencyKind.Cache, "REDIS_URL", null));
        Assert.Equal(expected, view.State);
        Assert.Contains(error, view.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(126, "", true)]
    [InlineData(127, "", true)]
    [InlineData(null, "exec: \"python3\": executable file not found in $PATH: unknown", true)]
    [InlineData(null, "the connection ended before the program did", false)]
    [InlineData(1, "", false)]
    public void A_program_that_is_not_there_is_told_from_one_that_fails(int? code, string status, bool missing) =>
        Assert.Equal(missing, new ExecAnswer("", "", code, status).IsMissing);
}
