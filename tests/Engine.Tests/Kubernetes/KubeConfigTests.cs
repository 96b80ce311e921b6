using k8s;
using MalariaIncident;
using MalariaIncident.Engine.Kubernetes;

namespace Engine.Tests.Kubernetes;

[Collection(nameof(ProcessEnvironment))]
public sealed class KubeConfigTests
{
    private const string Two = """
        apiVersion: v1
        kind: Config
        current-context: one
        contexts:
        - {name: one, context: {cluster: c, user: u, namespace: from-context}}
        - {name: two, context: {cluster: c, user: u}}
        clusters:
        - {name: c, cluster: {server: "https://127.0.0.1:6443/prefix", proxy-url: "socks5://me:secret@127.0.0.1:1080", tls-server-name: kubernetes}}
        users:
        - {name: u, user: {token: t}}
        """;

    [Fact]
    public async Task The_current_context_and_its_namespace_are_taken_unless_others_are_named()
    {
        using var file = new KubeConfigFile(Two);
        using var connections = new ClusterConnections();
        var current = await connections.OpenAsync(file.Scope(), CancellationToken.None);
        var named = await connections.OpenAsync(file.Scope("two"), CancellationToken.None);
        var typed = await connections.OpenAsync(file.Scope(wantedNamespace: "typed"), CancellationToken.None);
        Assert.Equal(("one", "from-context"), (current.Context, current.Namespace));
        Assert.Equal(("two", "default"), (named.Context, named.Namespace));
        Assert.Equal("typed", typed.Namespace);
        Assert.Same(current.Client, typed.Client);
    }

    [Fact]
    public void Proxy_server_name_and_path_of_the_server_are_understood()
    {
        using var file = new KubeConfigFile(Two);
        KubeContext context = Read(file);
        Assert.Equal("kubernetes", context.TlsServerName);
        Assert.Equal("/prefix", context.Server.AbsolutePath);
        Assert.Equal(new Uri("socks5://127.0.0.1:1080/"), context.Proxy!.GetProxy(new Uri("https://example.org")));
        Assert.Equal("secret", context.Proxy.Credentials!.GetCredential(new Uri("socks5://127.0.0.1:1080"), "Basic")!.Password);
    }

    [Fact]
    public async Task A_namespace_that_would_change_the_URL_is_refused()
    {
        using var file = new KubeConfigFile(Two);
        using var connections = new ClusterConnections();
        await TransportFixture.FailsAsync(FailureKind.NameInvalid, connections.OpenAsync(file.Scope(wantedNamespace: "a/../b"), CancellationToken.None));
    }

    [Fact]
    public void KUBECONFIG_files_merge_and_the_first_to_name_something_wins()
    {
        using var first = new KubeConfigFile("contexts:\n- {name: here, context: {cluster: c, user: u, namespace: first}}\n- {name: one, context: {cluster: c, user: u, namespace: mine}}\n");
        using var second = new KubeConfigFile(Two);
        using var environment = new ProcessEnvironment("KUBECONFIG", string.Join(Path.PathSeparator, first.Path, first.Path + ".missing", second.Path));
        var files = KubeConfigFiles.Find(null);
        Assert.Equal(["here", "one", "two"], KubeConfigReader.ReadContextNames(files));
        Assert.Equal("mine", KubeConfigReader.Read(files, null, TimeProvider.System).Namespace);
        Assert.Equal("first", KubeConfigReader.Read(files, "here", TimeProvider.System).Namespace);
    }

    [Fact]
    public async Task A_changed_file_is_read_again()
    {
        using var file = new KubeConfigFile(Two);
        using var connections = new ClusterConnections();
        Assert.Equal("one", (await connections.OpenAsync(file.Scope(), CancellationToken.None)).Context);
        file.Write(Two.Replace("current-context: one", "current-context: two  # changed", StringComparison.Ordinal));
        Assert.Equal("two", (await connections.OpenAsync(file.Scope(), CancellationToken.None)).Context);
    }

    [Fact]
    public void A_missing_file_is_named()
    {
        Assert.Contains("/no/such/config", Fails(FailureKind.KubeConfigMissing, () => KubeConfigFiles.Find("/no/such/config")).Message, StringComparison.Ordinal);
        using var environment = new ProcessEnvironment("KUBECONFIG", "/no/such/a" + Path.PathSeparator + "/no/such/b");
        Assert.Contains("/no/such/b", Fails(FailureKind.KubeConfigMissing, () => KubeConfigFiles.Find(null)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_context_is_answered_with_those_there_are()
    {
        using var file = new KubeConfigFile(Two);
        var failure = Fails(FailureKind.ContextNotFound, () => Read(file, "three"));
        Assert.Contains("'three'", failure.Message, StringComparison.Ordinal);
        Assert.Contains("one, two", failure.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void Broken_YAML_names_the_line_and_quotes_nothing()
    {
        using var file = new KubeConfigFile("users:\n- name: u\n  user: {token: s3cr3t, \"broken\n");
        var failure = Fails(FailureKind.KubeConfigInvalid, () => Read(file));
        Assert.Contains("line ", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cr3t", failure.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("auth-provider: {name: gcp}", "auth-provider")]
    [InlineData("client-certificate-data: QQ==", "without a client-key")]
    [InlineData("client-certificate: /no/such.crt\n      client-key: /no/such.key", "/no/such.crt")]
    [InlineData("client-certificate-data: '!!'\n      client-key-data: QQ==", "not base64")]
    [InlineData("client-certificate-data: QQ==\n      client-key-data: QQ==", "not PEM")]
    [InlineData("as-groups: [admins]", "without a user")]
    [InlineData("as: jo\nas-groups: [a, b]", "several values of Impersonate-Group")]
    [InlineData("exec: {apiVersion: client.authentication.k8s.io/v1alpha1, command: x}", "v1alpha1")]
    [InlineData("exec: {apiVersion: client.authentication.k8s.io/v1}", "without command")]
    public void A_user_that_cannot_be_understood_is_refused_by_name(string user, string why)
    {
        using var file = new KubeConfigFile(new Uri("https://127.0.0.1:6443"), user: user.Replace("\n      ", "\n", StringComparison.Ordinal));
        var failure = Fails(FailureKind.KubeConfigInvalid, () => Read(file));
        Assert.Contains(why, failure.Message, StringComparison.Ordinal);
        Assert.Contains(file.Path, failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("server: 'ftp://x'", "has a server that is no address")]
    [InlineData("server: ''", "has no server")]
    [InlineData("{server: 'https://x', proxy-url: 'gopher://user:s3cr3t@x'}", "has a proxy-url")]
    [InlineData("{server: 'https://x', certificate-authority-data: QQ==}", "without a certificate")]
    [InlineData("{server: 'https://x', certificate-authority: nowhere.crt}", "nowhere.crt")]
    public void A_cluster_that_cannot_be_understood_is_refused_by_name(string cluster, string why)
    {
        using var file = new KubeConfigFile($"current-context: a\ncontexts:\n- {{name: a, context: {{cluster: c}}}}\nclusters:\n- name: c\n  cluster:\n    {cluster}\n");
        var failure = Fails(FailureKind.KubeConfigInvalid, () => Read(file));
        Assert.Contains(why, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cr3t", failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Skipping_TLS_checks_is_honoured_and_said()
    {
        using var file = new KubeConfigFile(new Uri("https://127.0.0.1:6443"), cluster: "insecure-skip-tls-verify: true");
        KubeContext context = Read(file);
        Assert.True(context.SkipTlsVerify);
        Assert.Contains("insecure-skip-tls-verify", Assert.Single(context.Notes), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_file_is_relative_to_the_kubeconfig_and_read_again_when_refused()
    {
        await using var fixture = await TransportFixture.StartAsync(
            uri =>
            {
                var file = new KubeConfigFile(uri, user: "tokenFile: ./token");
                File.WriteAllText(Path.Combine(file.Folder, "token"), "old\n");
                return file;
            },
            (context, stopping) => (context.Request.Headers.Authorization == "Bearer new" ? ApiServer.Deployment() : ApiServer.Status(401, "Unauthorized", "no"))(context, stopping));
        await TransportFixture.FailsAsync(FailureKind.ClusterUnauthenticated, fixture.ReadAsync());
        File.WriteAllText(Path.Combine(fixture.Folder, "token"), "new\n");
        Assert.Equal("api", (await fixture.ReadAsync()).Metadata.Name);
        Assert.Equal(["Bearer old", "Bearer old", "Bearer new"], fixture.Server.Seen.Select(seen => seen.Authorization));
    }

    [Fact]
    public async Task Basic_credentials_and_impersonation_travel()
    {
        string? user = null;
        string[] groups = [];
        await using var fixture = await TransportFixture.StartAsync(
            uri => new KubeConfigFile(uri, user: "username: jo\npassword: pw\nas: admin\nas-groups: [a]"),
            (context, stopping) =>
            {
                user = context.Request.Headers["Impersonate-User"];
                groups = [.. context.Request.Headers["Impersonate-Group"].OfType<string>()];
                return ApiServer.Deployment()(context, stopping);
            });
        await fixture.ReadAsync();
        Assert.Equal("Basic am86cHc=", fixture.Server.Seen.Single().Authorization);
        Assert.Equal("admin", user);
        Assert.Equal(["a"], groups);
    }

    [Fact]
    public async Task A_proxy_of_the_kubeconfig_is_used()
    {
        await using var proxy = await ApiServer.StartAsync(ApiServer.Deployment());
        using var file = new KubeConfigFile(new Uri("http://cluster.invalid"), cluster: $"proxy-url: {proxy.Uri.AbsoluteUri}");
        using var connections = new ClusterConnections();
        var connection = await connections.OpenAsync(file.Scope(), CancellationToken.None);
        var deployment = await connection.ReadAsync(
            "Reading", TimeSpan.FromMinutes(1), (client, token) => client.AppsV1.ReadNamespacedDeploymentAsync("api", "team", cancellationToken: token), CancellationToken.None);
        Assert.Equal("api", deployment.Metadata.Name);
        Assert.Single(proxy.Seen);
    }

    [Fact]
    public void Inside_a_pod_the_service_account_is_taken()
    {
        using var authority = new Http.TestCertificates();
        DirectoryInfo folder = Directory.CreateTempSubdirectory("serviceaccount-");
        using var host = new ProcessEnvironment("KUBERNETES_SERVICE_HOST", "fd00::1");
        using var port = new ProcessEnvironment("KUBERNETES_SERVICE_PORT", "443");
        try
        {
            File.WriteAllText(Path.Combine(folder.FullName, "ca.crt"), authority.Authority.ExportCertificatePem());
            File.WriteAllText(Path.Combine(folder.FullName, "token"), "t\n");
            File.WriteAllText(Path.Combine(folder.FullName, "namespace"), "jobs\n");
            KubeContext context = InCluster.Read(TimeProvider.System, folder.FullName);
            Assert.Equal(("in-cluster", "jobs", "https://[fd00::1]/"), (context.Name, context.Namespace, context.Server.AbsoluteUri));
            Assert.Single(context.Authorities);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void Anchors_JSON_and_comments_are_YAML_too()
    {
        using var file = new KubeConfigFile("""
            # written by hand
            {"current-context": "a", "contexts": [{"name": "a", "context": {"cluster": "c", "user": "u"}}],
             "clusters": [{"name": "c", "cluster": &c {"server": "https://x"}}, {"name": "d", "cluster": *c}], "users": [{"name": "u", "user": {"token": null}}]}
            """);
        Assert.Equal("https://x/", Read(file).Server.AbsoluteUri);
    }

    private static KubeContext Read(KubeConfigFile file, string? context = null) => KubeConfigReader.Read(KubeConfigFiles.Find(file.Path), context, TimeProvider.System);

    private static IncidentException Fails(FailureKind kind, Action call)
    {
        var failure = Assert.Throws<IncidentException>(call);
        Assert.Equal(kind, failure.Kind);
        return failure;
    }
}
