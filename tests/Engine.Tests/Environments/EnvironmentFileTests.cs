using System.Reflection;
using Engine.Tests.Incidents;
using MalariaIncident;
using MalariaIncident.Engine.Environments;

namespace Engine.Tests.Environments;

public sealed class EnvironmentFileTests : IDisposable
{
    private const string Sample = """
        # the world
        default: production
        environments:
          production:
            kubeConfig: clusters/prod.yaml
            context: prod
            namespace: malaria-prediction-production
            deployment: malaria-predictor-api
            container: api
            service: malaria-predictor-service
            slots: [blue, green]
            selectorKey: version
            pooler: pgbouncer
            liveness: https://api.malaria-prediction.com/health/liveness
            readiness: https://api.malaria-prediction.com/health/readiness
            database: env:DATABASE_URL
            protectedDatabaseUsers: [backup, migration, replication]
            cache: env:REDIS_URL
            features: [ML_PREDICTIONS, BACKGROUND_JOBS]
            reducedReplicas: 3
          staging:
            context: staging
        """;

    private readonly JournalPlace _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public async Task Every_key_is_read()
    {
        Use(Sample);
        var production = (await _place.Environments.ListAsync(default))[0];

        Assert.Equal(
            new OperationsEnvironment
            {
                Name = "production", KubeConfig = Path.Combine(_place.Folder, "clusters", "prod.yaml"), Context = "prod", Namespace = "malaria-prediction-production",
                Deployment = "malaria-predictor-api", Container = "api", Service = "malaria-predictor-service", Slots = production.Slots, SelectorKey = "version", Pooler = "pgbouncer",
                Liveness = "https://api.malaria-prediction.com/health/liveness", Readiness = "https://api.malaria-prediction.com/health/readiness",
                Database = "env:DATABASE_URL", Cache = "env:REDIS_URL", ReducedReplicas = 3,
                ProtectedDatabaseUsers = production.ProtectedDatabaseUsers, Features = production.Features, Metrics = production.Metrics, Dependencies = production.Dependencies,
            },
            production);
        Assert.Equal(["backup", "migration", "replication"], production.ProtectedDatabaseUsers);
        Assert.Equal(["ML_PREDICTIONS", "BACKGROUND_JOBS"], production.Features);
        Assert.Equal(["blue", "green"], production.Slots);
        Assert.Equal("production", await _place.Environments.GetDefaultNameAsync(default));
        _place.Variables[EnvironmentFile.DefaultVariable] = "staging";
        Assert.Equal("staging", await _place.Environments.GetDefaultNameAsync(default));
    }

    /// <summary>What people copy from the help has to work, and to show every key there is.</summary>
    [Fact]
    public async Task The_sample_in_the_help_parses_and_shows_every_key()
    {
        var root = typeof(EnvironmentFileTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "RepositoryRoot").Value!;
        var help = await File.ReadAllTextAsync(Path.Combine(root, "en-US", "about_MalariaIncident_Environments.help.txt"));
        Use(help[(help.IndexOf("SAMPLE", StringComparison.Ordinal) + "SAMPLE".Length)..help.IndexOf("SEE ALSO", StringComparison.Ordinal)]);

        var production = (await _place.Environments.ListAsync(default))[0];

        Assert.All(typeof(OperationsEnvironment).GetProperties(), property => Assert.False(
            property.GetValue(production) is null or System.Collections.ICollection { Count: 0 }, $"the sample does not show {property.Name}"));
    }

    [Theory]
    [InlineData("default: production\nenvironments:\n  production:\n    namspace: x", "line 4", "namespace")]
    [InlineData("defaults: x", "line 1", "Allowed are default, environments")]
    [InlineData("default: live\nenvironments:\n  production:\n    context: x", "line 1", "production")]
    [InlineData("environments:\n  production:\n    reducedReplicas: three", "line 3", "whole number")]
    [InlineData("environments:\n  production:\n    reducedReplicas: -1", "line 3", "whole number")]
    [InlineData("environments:\n  production:\n    features: ML", "line 3", "list")]
    [InlineData("environments:\n  production:\n    slots: [blue]", "line 3", "two different names")]
    [InlineData("environments:\n  production:\n    slots: [blue, blue]", "line 3", "two different names")]
    [InlineData("environments:\n  production:\n    liveness: api.example.org/health", "line 3", "https")]
    [InlineData("environments:\n  production:\n    context: ''", "line 3", "empty")]
    [InlineData("environments: [production]", "line 1", "mapping")]
    [InlineData("environments:\n  production:\n    context: a\n    context: b", "line 4", "YAML")]
    [InlineData("environments:\n\tproduction: x", "line ", "YAML")]
    public async Task What_it_does_not_understand_it_refuses_with_the_line(string yaml, string line, string hint)
    {
        Use(yaml);
        var failure = await Assert.ThrowsAsync<IncidentException>(() => _place.Environments.ListAsync(default));
        Assert.Equal(FailureKind.EnvironmentFileInvalid, failure.Kind);
        Assert.Contains(line, failure.Message, StringComparison.Ordinal);
        Assert.Contains(hint, failure.Message + failure.Advice, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("# nothing yet\n")]
    [InlineData("environments:\n")]
    public async Task A_file_without_environments_is_none(string yaml)
    {
        Use(yaml);
        Assert.Empty(await _place.Environments.ListAsync(default));
        Assert.Null(await _place.Environments.GetDefaultNameAsync(default));
    }

    [Fact]
    public async Task A_named_file_that_is_not_there_is_said()
    {
        var environments = new EnvironmentFile(name => name == EnvironmentFile.FileVariable ? "/nowhere/environments.yaml" : null);
        var failure = await Assert.ThrowsAsync<IncidentException>(() => environments.ListAsync(default));
        Assert.Equal(FailureKind.EnvironmentFileMissing, failure.Kind);
    }

    [Fact]
    public async Task Typed_comes_before_the_incidents_environment_and_that_before_the_default()
    {
        Use(Sample);
        var incident = await _place.Incidents.DeclareAsync(
            new IncidentDeclaration { Title = "staging is down", Environment = "Staging", StartedAt = _place.Clock.Now.AddHours(-1) }, default);

        var byDefault = await ResolveAsync(new Scope());
        Assert.Equal(("production", "prod", "api", "env:DATABASE_URL", 30), (byDefault.EnvironmentName, byDefault.Context, byDefault.Container, byDefault.ConnectionReference, (int)byDefault.Timeout.TotalSeconds));
        var byIncident = await ResolveAsync(new Scope { Incident = incident.Id.ToLowerInvariant() });
        Assert.Equal(("staging", "staging", null), (byIncident.EnvironmentName, byIncident.Context, byIncident.Namespace));
        Assert.Equal((incident.Id, incident.StartedAt), (byIncident.Incident, byIncident.IncidentStartedAt));
        var typed = await ResolveAsync(new Scope { Incident = incident.Id, Environment = "PRODUCTION", Context = "other", Namespace = "mine", Deployment = "worker" });
        Assert.Equal(("production", "other", "mine", "worker", null), (typed.EnvironmentName, typed.Context, typed.Namespace, typed.Deployment, typed.Container));
        Assert.Equal("production", typed.Typed.Environment);
    }

    [Fact]
    public async Task Without_a_file_a_name_is_a_label_and_everything_is_left_to_the_tools()
    {
        var incident = await _place.Incidents.DeclareAsync(new IncidentDeclaration { Title = "down", Environment = "production" }, default);
        var scope = await ResolveAsync(new Scope { Incident = incident.Id, Environment = incident.Environment });
        Assert.Equal(("production", null, null, null), (scope.EnvironmentName, scope.Environment, scope.KubeConfig, scope.ConnectionReference));
    }

    [Fact]
    public async Task An_unknown_environment_never_falls_back_to_another()
    {
        Use(Sample);
        await FailsAsync(FailureKind.EnvironmentNotFound, () => ResolveAsync(new Scope { Environment = "prodution" }));
        await FailsAsync(FailureKind.EnvironmentNotFound, () => _place.Incidents.DeclareAsync(new IncidentDeclaration { Title = "x", Environment = "prodution" }, default));
        _place.Variables[EnvironmentFile.DefaultVariable] = "gone";
        await FailsAsync(FailureKind.EnvironmentNotFound, () => ResolveAsync(new Scope()));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-5)]
    [InlineData(3601)]
    public async Task A_timeout_that_cannot_be_kept_is_refused(int seconds)
        => await FailsAsync(FailureKind.ArgumentInvalid, () => ResolveAsync(new Scope { Timeout = TimeSpan.FromSeconds(seconds) }));

    [Fact]
    public async Task References_are_followed_and_everything_else_is_left_as_it_is()
    {
        _place.Variables["DATABASE_URL"] = "postgres://ada:s3cret@db/malaria";
        var file = _place.WriteFile("password.txt", "s3cret\n");
        var scope = await ResolveAsync(new Scope());
        Task<string> Reveal(string value) => _place.Scopes.RevealAsync(value, scope, default);

        Assert.Equal("postgres://ada:s3cret@db/malaria", await Reveal("env:DATABASE_URL"));
        Assert.Equal("s3cret", await Reveal("file:" + file));
        Assert.Equal("Host=db;Password=x:y", await Reveal("Host=db;Password=x:y"));
        Assert.Equal("redis://localhost:6379", await Reveal("redis://localhost:6379"));
        Assert.Equal("localhost:6379", await Reveal("localhost:6379"));
    }

    [Theory]
    [InlineData("env:NOT_SET_ANYWHERE")]
    [InlineData("file:/nowhere/at/all")]
    [InlineData("kube:namespace/name/key")]
    [InlineData("file:")]
    public async Task A_secret_that_is_not_there_is_named_by_its_reference(string reference)
    {
        var scope = await ResolveAsync(new Scope());
        var failure = await Assert.ThrowsAsync<IncidentException>(() => _place.Scopes.RevealAsync(reference, scope, default));
        Assert.Equal(FailureKind.SecretUnavailable, failure.Kind);
        Assert.Contains(reference, failure.Message, StringComparison.Ordinal);
    }

    private static async Task FailsAsync(FailureKind kind, Func<Task> act) => Assert.Equal(kind, (await Assert.ThrowsAsync<IncidentException>(act)).Kind);

    private void Use(string yaml) => _place.Variables[EnvironmentFile.FileVariable] = _place.WriteFile("environments.yaml", yaml);

    private Task<ResolvedScope> ResolveAsync(Scope scope) => _place.Scopes.ResolveAsync(scope, default);
}
