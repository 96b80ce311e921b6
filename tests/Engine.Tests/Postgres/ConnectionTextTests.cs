using MalariaIncident;
using MalariaIncident.Engine.Postgres.Connections;
using Npgsql;

namespace Engine.Tests.Postgres;

/// <summary>Connections as people write them.</summary>
public sealed class ConnectionTextTests
{
    [Theory]
    [InlineData("host=db port=5433 dbname=app user=me password='it''s'", "it")]
    [InlineData("Host=db;Port=5433;Database=app;Username=me;Password=a b", "a b")]
    [InlineData("host=db port=5433 dbname=app user=me password='a;b=c d'", "a;b=c d")]
    [InlineData("host=db port=5433 dbname=app user=me password=a;b", "a;b")]
    [InlineData(@"host=db port=5433 dbname=app user=me password='it\'s'", "it's")]
    [InlineData("postgres://me:a%20b%2Fc@db:5433/app", "a b/c")]
    [InlineData("postgresql://me:p@w@db:5433/app?connect_timeout=5", "p@w")]
    public void Every_form_gives_the_same_connection(string text, string password)
    {
        if (text.Contains("it''s", StringComparison.Ordinal))
        {
            // libpq has no doubled quotes: the value ends at the second one, and what follows is no pair.
            Assert.Equal(FailureKind.ConnectionStringInvalid, Assert.Throws<IncidentException>(() => ConnectionText.Parse(text)).Kind);
            return;
        }

        var builder = ConnectionText.Parse(text).Builder;

        Assert.Equal(("db", 5433, "app", "me", password), (builder.Host, builder.Port, builder.Database, builder.Username, builder.Password));
    }

    [Theory]
    [InlineData("postgres://a,b:5433/app", "a:5432,b:5433")]
    [InlineData("host=a,b port=1,2 user=me", "a:1,b:2")]
    [InlineData("postgres://[::1]:5433/app", "::1")]
    [InlineData("postgres://%2Fvar%2Frun%2Fpostgresql/app", "/var/run/postgresql")]
    [InlineData("postgres:///app?host=/tmp", "/tmp")]
    public void Hosts(string text, string host) => Assert.Equal(host, ConnectionText.Parse(text).Builder.Host);

    [Theory]
    [InlineData("host=db sslmode=require", SslMode.Require, true)]
    [InlineData("host=db sslmode=require sslrootcert=/ca.pem", SslMode.VerifyCA, true)]
    [InlineData("host=db sslrootcert=system", SslMode.VerifyFull, true)]
    [InlineData("postgres://db/app?sslmode=verify-full", SslMode.VerifyFull, true)]
    [InlineData("Host=db;SSL Mode=Disable", SslMode.Disable, true)]
    [InlineData("host=db", SslMode.Prefer, false)]
    public void Tls(string text, SslMode mode, bool given)
    {
        var settings = ConnectionText.Parse(text);

        Assert.Equal((mode, given), (settings.Builder.SslMode, settings.SslModeGiven));
    }

    [Theory]
    [InlineData("")]
    [InlineData("hunter2")]
    [InlineData("host=db password='hunter2")]
    [InlineData("host=db port=hunter2")]
    [InlineData("host=db hunter2=1")]
    [InlineData("host=db sslmode=hunter2")]
    [InlineData("Host=db;Hunter2=1")]
    [InlineData("host=a,b port=1,2,3")]
    public void What_does_not_parse_is_refused_and_no_value_is_repeated(string text)
    {
        var failure = Assert.Throws<IncidentException>(() => ConnectionText.Parse(text));

        Assert.Equal(FailureKind.ConnectionStringInvalid, failure.Kind);
        Assert.DoesNotContain("hunter2", failure.Message, StringComparison.Ordinal);
        Assert.Null(failure.InnerException);
    }

    [Fact]
    public void The_service_file_comes_before_the_environment_and_after_what_was_written()
    {
        var file = Path.GetTempFileName();
        File.WriteAllText(file, "# services\n[other]\nhost=wrong\n[prod]\nhost=service-host\nport=6000\ndbname=service-db\nuser=service-user\n");
        var variables = new Dictionary<string, string> { ["PGSERVICEFILE"] = file, ["PGHOST"] = "env-host", ["PGPASSWORD"] = "env-password", ["PGUSER"] = "env-user", ["PGSSLMODE"] = "require" };

        var builder = new LibpqDefaults(variables.GetValueOrDefault).Complete(ConnectionText.Parse("service=prod dbname=written")).Builder;

        Assert.Equal(
            ("service-host", 6000, "written", "service-user", "env-password", SslMode.Require),
            (builder.Host, builder.Port, builder.Database, builder.Username, builder.Password, builder.SslMode));
        File.Delete(file);
    }

    [Fact]
    public void A_service_that_is_not_defined_is_said_so()
    {
        var failure = Assert.Throws<IncidentException>(() => new LibpqDefaults(name => name == "PGSERVICEFILE" ? "/nonexistent" : null).Complete(ConnectionText.Parse("service=prod")));

        Assert.Equal(FailureKind.ConnectionStringInvalid, failure.Kind);
        Assert.Contains("prod", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_any_database_named_the_setting_is_missing()
    {
        var failure = await Assert.ThrowsAsync<IncidentException>(new Room(null!).FindAllAsync);

        Assert.Equal(FailureKind.SettingMissing, failure.Kind);
    }
}
