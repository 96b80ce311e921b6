using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;

namespace Engine.Tests.Sandbox;

/// <summary>A Kubernetes API that the contract is held against, spoken to in plain HTTP.</summary>
public sealed class ApiUnderTest : IDisposable
{
    public const string JsonPatch = "application/json-patch+json";
    public const string MergePatch = "application/merge-patch+json";
    public const string StrategicPatch = "application/strategic-merge-patch+json";
    private readonly HttpClient _client;

    public ApiUnderTest(Uri address, string? authorityPem, string token, string strangerToken)
    {
        StrangerToken = strangerToken;
        var handler = new SocketsHttpHandler();
        if (authorityPem is null) handler.SslOptions.RemoteCertificateValidationCallback = (_, _, _, _) => true;
        else
        {
            handler.SslOptions.CertificateChainPolicy = new() { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            handler.SslOptions.CertificateChainPolicy.CustomTrustStore.Add(X509Certificate2.CreateFromPem(authorityPem));
        }
        _client = new(handler) { BaseAddress = address, Timeout = TimeSpan.FromMinutes(1) };
        _client.DefaultRequestHeaders.Authorization = new("Bearer", token);
        _client.DefaultRequestHeaders.UserAgent.ParseAdd("contract-tests/1.0");
    }

    /// <summary>Token of somebody who may change nothing.</summary>
    public string StrangerToken { get; }

    public HttpClient Client => _client;

    public async Task<Answer> SendAsync(HttpMethod method, string path, JsonNode? body = null, string type = "application/json", string? accept = null, string? token = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
        {
            request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8);
            request.Content.Headers.ContentType = new(type);
        }
        if (accept is not null) request.Headers.Accept.ParseAdd(accept);
        if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var response = await _client.SendAsync(request);
        return new(response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    public Task<Answer> GetAsync(string path, string? accept = null) => SendAsync(HttpMethod.Get, path, accept: accept);

    public Task<Answer> PatchAsync(string path, string type, string body) => SendAsync(HttpMethod.Patch, path, JsonNode.Parse(body), type);

    public async Task<JsonNode> CreateAsync(string path, JsonNode body)
    {
        var answer = await SendAsync(HttpMethod.Post, path, body);
        Assert.True(answer.Code == HttpStatusCode.Created, $"POST {path}: {answer.Code} {answer.Text}");
        return answer.Json;
    }

    /// <summary>The events of a watch, as they come.</summary>
    public async IAsyncEnumerable<(string Type, JsonNode Object)> WatchAsync(string path, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var response = await _client.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(cancellationToken));
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            var change = JsonNode.Parse(line)!;
            yield return ((string)change["type"]!, change["object"]!);
        }
    }

    public void Dispose() => _client.Dispose();
}

/// <summary>An answer with its body.</summary>
public sealed record Answer(HttpStatusCode Code, string Text)
{
    public JsonNode Json => JsonNode.Parse(Text)!;

    /// <summary>Asserts a Status of kind Failure and gives its message.</summary>
    public string MustFail(int code, string reason)
    {
        Assert.True((int)Code == code, $"expected {code}, got {(int)Code}: {Text}");
        Assert.Equal("Status", (string?)Json["kind"]);
        Assert.Equal("v1", (string?)Json["apiVersion"]);
        Assert.Equal("Failure", (string?)Json["status"]);
        Assert.Equal(reason, (string?)Json["reason"]);
        Assert.Equal(code, (int)Json["code"]!);
        return (string)Json["message"]!;
    }

    public JsonNode MustSucceed()
    {
        Assert.True((int)Code is >= 200 and < 300, $"{(int)Code}: {Text}");
        return Json;
    }
}
