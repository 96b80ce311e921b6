using MalariaIncident.Sandbox.Databases;
using Npgsql;

namespace Engine.Tests.Postgres;

/// <summary>One real server for the tests of a class; a machine without PostgreSQL skips them, unless servers are required.</summary>
public sealed class PostgresServer : IAsyncLifetime
{
    private readonly ThrowAwayPostgresOptions options;
    private readonly string directory = Directory.CreateTempSubdirectory("malaria-incident-tests-").FullName;
    private ThrowAwayPostgres? server;

    public PostgresServer()
        : this(new())
    {
    }

    internal PostgresServer(ThrowAwayPostgresOptions options) => this.options = options;

    public ThrowAwayPostgres Server
    {
        get
        {
            var required = Environment.GetEnvironmentVariable("MALARIA_INCIDENT_REQUIRE_SERVERS") == "1";
            Skip.If(server is null && !required, "No PostgreSQL is installed here.");
            return server ?? throw new InvalidOperationException("MALARIA_INCIDENT_REQUIRE_SERVERS is set, and no PostgreSQL is installed here.");
        }
    }

    /// <summary>False where no PostgreSQL is installed.</summary>
    public bool IsThere => server is not null;

    public async Task InitializeAsync() => server = await ThrowAwayPostgres.TryStartAsync(directory, options, CancellationToken.None);

    public async Task DisposeAsync()
    {
        if (server is not null)
        {
            await server.DisposeAsync();
        }

        Directory.Delete(directory, recursive: true);
    }

    /// <summary>One value, asked as the superuser.</summary>
    public async Task<T> AskAsync<T>(string sql)
    {
        await using var connection = new NpgsqlConnection(Server.ConnectionString + ";Pooling=false;Application Name=test");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync())!;
    }
}
