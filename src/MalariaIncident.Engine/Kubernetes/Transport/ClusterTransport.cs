using System.Net;
using System.Security.Cryptography;
using k8s;
using MalariaIncident.Engine.Mitigations;

namespace MalariaIncident.Engine.Kubernetes;

/// <summary>Sockets, credentials, retries and deadlines of one context; shared by every connection to it in this process.</summary>
internal sealed class ClusterTransport : IDisposable
{
    private const int MostAttempts = 5;
    private const int MostAttemptsWhenBusy = 10;

    private readonly TimeProvider time;
    // Typed calls load ten megabytes of models; who only reads tables never pays for them.
    private readonly Lazy<IKubernetes> client;

    public ClusterTransport(KubeContext context, TimeProvider time)
    {
        Context = context;
        this.time = time;
        var distance = new ServerDistance(context.Server.IsLoopback);
        HttpMessageHandler chain = new CredentialHandler(context, certificate => ClusterSockets.Create(context, certificate, distance));
        chain = new AnswerHandler(context.DisableCompression ? chain : new CompressionHandler(distance, chain));
        Http = new HttpClient(chain)
        {
            // Kubernetes' own clients read a path in the server's address as a prefix.
            BaseAddress = new Uri(context.Server.AbsoluteUri.TrimEnd('/') + "/"),
            // Every call brings its own deadline, which covers the body too.
            Timeout = Timeout.InfiniteTimeSpan,
            DefaultRequestVersion = HttpVersion.Version20,
        };
        // A server takes "Mozilla/5.0" or "curl" for a person and pretty-prints: more than twice the bytes.
        Http.DefaultRequestHeaders.UserAgent.ParseAdd($"MalariaIncident/{typeof(ClusterTransport).Assembly.GetName().Version?.ToString(3)}");
        client = new Lazy<IKubernetes>(() => new CheckedKubernetes(Http, Http.BaseAddress));
    }

    public KubeContext Context { get; }

    public HttpClient Http { get; }

    /// <summary>What a look found out about the server, so that the next one need not.</summary>
    public bool CacheLags { get; set; }

    public IKubernetes Client => client.Value;

    public async Task<T> ReadAsync<T>(
        string what, TimeSpan timeout, Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken, bool once = false)
    {
        using var deadline = new Deadline(timeout, time, cancellationToken);
        ClusterCall.Current = new ClusterCall { Writes = false };
        Exception? last = null;
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return await call(deadline.Token);
            }
            catch (OperationCanceledException) when (deadline.Passed)
            {
                throw ClusterFailures.TimedOut(what, Context, timeout, last);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                throw;
            }
            catch (OperationCanceledException silent)
            {
                // ConnectTimeout: nobody answered at that address.
                throw new IncidentException(FailureKind.ClusterUnreachable, $"{what}: {Context.Server.Authority} does not take connections.", Context.Name, silent);
            }
            catch (Exception failure) when ((!once || IsBusy(failure)) && ClusterFailures.IsTransient(failure) && MayRetry(failure, attempt, deadline, out TimeSpan wait))
            {
                last = failure;
                await PauseAsync(wait, what, timeout, deadline, last);
            }
            catch (Exception failure)
            {
                throw ClusterFailures.Describe(failure, what, Context);
            }
        }
    }

    public async Task<T> WriteAsync<T>(string what, TimeSpan timeout, Func<IKubernetes, CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        ReadOnlyMode.Guard(what);
        using var deadline = new Deadline(timeout, time, cancellationToken);
        for (int attempt = 1; ; attempt++)
        {
            var current = new ClusterCall { Writes = true };
            ClusterCall.Current = current;
            try
            {
                return await call(Client, deadline.Token);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                // The operator's own stop: whoever carries the change reads the world again.
                throw;
            }
            catch (OperationCanceledException)
            {
                throw current.Left
                    ? ClusterFailures.Unknown(what, Context, $"none came within {timeout.TotalSeconds:0.#} s", inner: null)
                    : ClusterFailures.TimedOut(what, Context, timeout, last: null);
            }
            catch (ClusterAnswerException busy)
                when (IsBusy(busy) && MayRetry(busy, attempt, deadline, out TimeSpan wait))
            {
                await PauseAsync(wait, what, timeout, deadline, busy);
            }
            catch (Exception failure) when (current.Left && LeavesDoubt(failure))
            {
                IncidentException described = ClusterFailures.Describe(failure, what, Context);
                throw ClusterFailures.Unknown(what, Context, described.Message, described);
            }
            catch (Exception failure)
            {
                throw ClusterFailures.Describe(failure, what, Context);
            }
        }
    }

    public async Task<Stream> OpenStreamAsync(string what, TimeSpan timeout, string path, CancellationToken cancellationToken) =>
        await ReadAsync(
            what,
            timeout,
            async token =>
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, path) { Version = HttpVersion.Version20 };
                request.Options.Set(AnswerHandler.Streams, true);
                HttpResponseMessage response = await Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, token);
                return await response.Content.ReadAsStreamAsync(token);
            },
            cancellationToken);

    public void Dispose()
    {
        if (client.IsValueCreated)
        {
            client.Value.Dispose();
        }

        Http.Dispose();
    }

    private static bool LeavesDoubt(Exception failure) => failure switch
    {
        ClusterAnswerException answer => answer.Code >= HttpStatusCode.InternalServerError,
        HttpRequestException request => !ClusterFailures.IsBeforeSending(request),
        IncidentException => false,
        _ => true,
    };

    private static bool IsBusy(Exception failure) => failure is ClusterAnswerException { Code: HttpStatusCode.TooManyRequests };

    private static bool MayRetry(Exception failure, int attempt, Deadline deadline, out TimeSpan wait)
    {
        var answer = failure as ClusterAnswerException;
        bool busy = IsBusy(failure);
        double backoff = Math.Min(0.2 * Math.Pow(2, attempt - 1), 5);
        wait = TimeSpan.FromSeconds(backoff * (0.5 + (RandomNumberGenerator.GetInt32(1000) / 2000.0)));
        if (answer?.RetryAfter is { } asked)
        {
            // Never before the server's own time, and a little after it, so that not everyone comes back at once.
            wait += asked;
        }

        return attempt < (busy ? MostAttemptsWhenBusy : MostAttempts) && wait < deadline.Left;
    }

    private async Task PauseAsync(TimeSpan wait, string what, TimeSpan timeout, Deadline deadline, Exception last)
    {
        try
        {
            await Task.Delay(wait, time, deadline.Token);
        }
        catch (OperationCanceledException) when (deadline.Passed)
        {
            throw ClusterFailures.TimedOut(what, Context, timeout, last);
        }
    }

    /// <summary>The caller's token with an end of its own.</summary>
    private sealed class Deadline : IDisposable
    {
        private readonly CancellationTokenSource end;
        private readonly CancellationTokenSource linked;
        private readonly CancellationToken caller;
        private readonly TimeProvider time;
        private readonly long started;
        private readonly TimeSpan length;

        public Deadline(TimeSpan length, TimeProvider time, CancellationToken caller)
        {
            this.length = length;
            this.time = time;
            this.caller = caller;
            started = time.GetTimestamp();
            end = new CancellationTokenSource(length, time);
            linked = CancellationTokenSource.CreateLinkedTokenSource(end.Token, caller);
        }

        public CancellationToken Token => linked.Token;

        public bool Passed => end.IsCancellationRequested && !caller.IsCancellationRequested;

        public TimeSpan Left => length - time.GetElapsedTime(started);

        public void Dispose()
        {
            linked.Dispose();
            end.Dispose();
        }
    }
}
