using MalariaIncident.Engine.Incidents;
using MalariaIncident.Engine.Mitigations;
using MalariaIncident.Engine.Text;

namespace MalariaIncident.Engine.Readiness;

/// <summary>Can be written down what will be done, and does the runbook say what to do?</summary>
internal sealed class RecordReadiness(Func<IJournal> journal, Func<IRunbooks> runbooks) : IReadinessContributor
{
    public async Task<IReadOnlyList<ReadinessCheck>> CheckAsync(ReadinessInquiry inquiry, CancellationToken cancellationToken) =>
        inquiry.Wants(ReadinessArea.Record)
            ? await Task.WhenAll(JournalAsync(inquiry, cancellationToken), RunbookAsync(inquiry, cancellationToken))
            : [];

    private Task<ReadinessCheck> JournalAsync(ReadinessInquiry inquiry, CancellationToken cancellationToken)
    {
        var question = inquiry.Ask(ReadinessArea.Record, "Journal");
        return question.AskAsync(
            async token =>
            {
                if (ReadOnlyMode.IsOn)
                {
                    return question.Warning(
                        $"This process is read-only ({ReadOnlyMode.Variable}): it changes nothing and writes no journal.", "Set-IncidentSafety -Mode ReadWrite lets it act.");
                }

                await journal().EnsureWritableAsync(null, token);
                return question.Ready("The journal can be written.");
            },
            cancellationToken);
    }

    private Task<ReadinessCheck> RunbookAsync(ReadinessInquiry inquiry, CancellationToken cancellationToken)
    {
        var question = inquiry.Ask(ReadinessArea.Record, "Runbook");
        return question.AskAsync(
            async token =>
            {
                var policies = await runbooks().GetPoliciesAsync(token);
                var approved = policies.Where(policy => policy.ApprovalRequired).Select(policy => policy.Severity.ToString()).ToList();
                var second = approved.Count == 0 ? "no severity asks for a second person" : $"a second person approves changes in {string.Join(", ", approved)}";
                return question.Ready($"It has {Amount.Of(policies.Count, "severity", "severities")}; {second}.");
            },
            cancellationToken);
    }
}
