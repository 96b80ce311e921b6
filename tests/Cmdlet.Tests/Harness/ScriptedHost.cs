using System.Collections.ObjectModel;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;
using System.Text;

namespace Cmdlet.Tests.Harness;

/// <summary>A host that remembers what was shown and answers prompts as the test says; without an answer a prompt throws, as where nobody is.</summary>
internal sealed class ScriptedHost(Func<string, int>? answer = null) : PSHost
{
    private readonly ScriptedUI _ui = new(answer);

    public string Shown => _ui.Text.ToString();
    public IReadOnlyList<string> Prompts => _ui.Prompts;

    public override CultureInfo CurrentCulture => CultureInfo.InvariantCulture;
    public override CultureInfo CurrentUICulture => CultureInfo.GetCultureInfo("en-US");
    public override Guid InstanceId { get; } = Guid.NewGuid();
    public override string Name => "ScriptedHost";
    public override PSHostUserInterface UI => _ui;
    public override Version Version => new(1, 0);

    public override void EnterNestedPrompt() => throw new PSNotImplementedException();
    public override void ExitNestedPrompt() => throw new PSNotImplementedException();
    public override void NotifyBeginApplication()
    {
    }

    public override void NotifyEndApplication()
    {
    }

    public override void SetShouldExit(int exitCode)
    {
    }

    private sealed class ScriptedUI(Func<string, int>? answer) : PSHostUserInterface
    {
        public StringBuilder Text { get; } = new();
        public List<string> Prompts { get; } = [];
        public override PSHostRawUserInterface? RawUI => null;
        public override bool SupportsVirtualTerminal => false;

        public override int PromptForChoice(string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice)
        {
            Prompts.Add(message);
            return answer is null ? throw new HostException("Nobody is here to answer.") : answer(message);
        }

        public override void Write(string value) => Text.Append(value);
        public override void Write(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value) => Text.Append(value);
        public override void WriteLine(string value) => Text.AppendLine(value);
        public override void WriteErrorLine(string value) => Text.AppendLine(value);
        public override void WriteDebugLine(string message) => Text.AppendLine(message);
        public override void WriteVerboseLine(string message) => Text.AppendLine(message);
        public override void WriteWarningLine(string message) => Text.AppendLine(message);
        public override void WriteProgress(long sourceId, ProgressRecord record)
        {
        }

        public override Dictionary<string, PSObject> Prompt(string caption, string message, Collection<FieldDescription> descriptions)
            => throw new HostException("Nobody is here to answer.");
        public override string ReadLine() => throw new HostException("Nobody is here to answer.");
        public override SecureString ReadLineAsSecureString() => throw new HostException("Nobody is here to answer.");
        public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName)
            => throw new HostException("Nobody is here to answer.");
        public override PSCredential PromptForCredential(
            string caption, string message, string userName, string targetName, PSCredentialTypes allowedCredentialTypes, PSCredentialUIOptions options)
            => throw new HostException("Nobody is here to answer.");
    }
}
