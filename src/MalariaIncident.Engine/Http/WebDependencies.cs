using MalariaIncident.Engine.Dependencies;
using MalariaIncident.Engine.Environments;
using MalariaIncident.Engine.Web;

namespace MalariaIncident.Engine.Http;

/// <summary>The addresses outside that the environment file names.</summary>
internal sealed class WebDependencies(IScopeResolver scopes, WebConversation conversation) : IDependencySource
{
    public IEnumerable<IDependency> Of(ResolvedScope scope) =>
        (scope.Environment?.Dependencies ?? new Dictionary<string, string>()).Select(pair => new WebDependency(pair.Key, pair.Value, scopes, conversation));

    private sealed class WebDependency(string name, string addressOrReference, IScopeResolver scopes, WebConversation conversation) : IDependency
    {
        public string Name => name;
        public DependencyKind Kind => DependencyKind.External;
        public string? PodVariable => null;

        public async Task<DependencyTarget> FindAsync(ResolvedScope scope, CancellationToken cancellationToken)
        {
            var address = ProbeAddress.Parse(name, await scopes.RevealAsync(addressOrReference, scope, cancellationToken));
            // What stands in a query or before an @ may be a secret: the pod is then asked for a connection only.
            var isOpen = address.Credentials is null && address.Uri.Query.Length <= 1;
            return new DependencyTarget(
                address.Display,
                isOpen ? address.Uri.AbsoluteUri : $"tcp://{address.Uri.IdnHost}:{address.Uri.Port}",
                token => AskAsync(address, scope.Timeout, token));
        }

        private async Task<DependencyAnswer> AskAsync(ProbeAddress address, TimeSpan timeout, CancellationToken cancellationToken)
        {
            var question = new WebQuestion { Uri = address.Uri, Credentials = address.Credentials, Accept = "*/*" };
            return Judge(await conversation.AskAsync(question, timeout, cancellationToken), $"{address.Uri.IdnHost}:{address.Uri.Port}");
        }

        /// <summary>Anything but 2xx and 3xx is a failure; a redirect is an answer, and is not followed.</summary>
        private static DependencyAnswer Judge(WebAnswer answer, string server) => new(
            answer switch
            {
                { StatusCode: >= 200 and < 400 } => DependencyState.Up,
                { StatusCode: 401 or 403 } => DependencyState.CredentialsRefused,
                { Failure: ProbeFailure.ConnectionRefused or ProbeFailure.HostNotFound or ProbeFailure.HostUnreachable or ProbeFailure.Timeout or ProbeFailure.Proxy }
                    => DependencyState.Unreachable,
                _ => DependencyState.Failing,
            },
            $"{server} {answer.Detail}.");
    }
}
