using MalariaIncident;
using MalariaIncident.Engine.Redis;

namespace Engine.Tests.Redis;

public sealed class CacheAddressTests
{
    [Theory]
    [InlineData("cache.example:6390,password=p,ssl=true", "cache.example:6390", null, "p", true)]
    [InlineData("redis://cache.example", "cache.example:6379", null, null, false)]
    [InlineData("redis://:p%40ss%2F@cache.example:6390/2", "cache.example:6390", null, "p@ss/", false)]
    [InlineData("rediss://joe:p@cache.example", "cache.example:6379", "joe", "p", true)]
    [InlineData("redis://default:p@[::1]:6390", "[::1]:6390", null, "p", false)]
    [InlineData("host:1,password=a://b", "host:1", null, "a://b", false)]
    public void Both_forms_are_read(string connection, string server, string? user, string? password, bool tls)
    {
        var options = CacheAddress.Parse(connection);
        Assert.Equal(server, ServerLine.Of(Assert.Single(options.EndPoints)));
        Assert.Equal((user, password, tls), (options.User, options.Password, options.Ssl));
    }

    [Theory]
    [InlineData("redis://:p/ss#w0rd@host:6379")]
    [InlineData("http://:w0rd@host")]
    [InlineData("redis://w0rd@host")]
    [InlineData("redis://:w0rd@host/seven")]
    [InlineData("host:6379,pass=w0rd,nonsense=w0rd")]
    [InlineData("host:6379,password=w0rd,connectTimeout=w0rd")]
    [InlineData("host:6379,password=w0rd,serviceName=mymaster")]
    [InlineData("password=w0rd")]
    public void What_cannot_be_used_is_refused_without_being_quoted(string connection)
    {
        var failure = Assert.Throws<IncidentException>(() => CacheAddress.Parse(connection));
        Assert.Equal(FailureKind.ConnectionStringInvalid, failure.Kind);
        Assert.DoesNotContain("w0rd", failure.ToString() + failure.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_connection_is_the_typed_one_then_the_environments_then_REDIS_URL()
    {
        var environment = new OperationsEnvironment { Name = "production", Cache = "127.0.0.1:2" };
        Assert.Contains(":1 ", (await new CacheDesk(environment, "redis://127.0.0.1:3").FailAsync("127.0.0.1:1")).Message, StringComparison.Ordinal);
        Assert.Contains(":2 ", (await FailAsync(environment, "redis://127.0.0.1:3")).Message, StringComparison.Ordinal);
        Assert.Contains(":3 ", (await FailAsync(null, "redis://127.0.0.1:3")).Message, StringComparison.Ordinal);
        var none = await FailAsync(environment with { Cache = null }, null);
        Assert.Equal(FailureKind.SettingMissing, none.Kind);
        Assert.Contains("cache", none.Advice, StringComparison.Ordinal);
    }

    private static Task<IncidentException> FailAsync(OperationsEnvironment? environment, string? redisUrl) =>
        Assert.ThrowsAsync<IncidentException>(() => new CacheDesk(environment, redisUrl).AskAsync(null));
}
