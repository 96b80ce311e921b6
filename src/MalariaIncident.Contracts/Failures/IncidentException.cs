namespace MalariaIncident;

/// <summary>
/// The one failure type that crosses the door. <see cref="Exception.Message"/> says what happened and why, without
/// secrets; <see cref="Advice"/> says what to do where the table of errors cannot know it.
/// </summary>
public sealed class IncidentException : Exception
{
    /// <param name="kind">What went wrong.</param>
    /// <param name="message">One or two sentences: what and why. Never a secret, never a server's raw body.</param>
    /// <param name="subject">The user's object the failure is about (a name, a plan, a process id).</param>
    /// <param name="inner">The cause, only where it cannot carry a credential.</param>
    /// <param name="advice">What to do next, where it depends on the case; otherwise the table of errors says it.</param>
    public IncidentException(FailureKind kind, string message, object? subject = null, Exception? inner = null, string? advice = null)
        : base(message, inner)
    {
        Kind = kind;
        Subject = subject;
        Advice = advice;
    }

    /// <summary>What went wrong.</summary>
    public FailureKind Kind { get; }

    /// <summary>What it went wrong with; becomes the error record's target object.</summary>
    public object? Subject { get; }

    /// <summary>What to do next, where only the thrower knows it.</summary>
    public string? Advice { get; }
}
