using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;

namespace MalariaIncident.Host.Terminals;

/// <summary>Asks the person at the terminal.</summary>
internal sealed class Questions(Terminal terminal)
{
    /// <summary>Asks until one of the choices was typed; Enter takes the default.</summary>
    public int AskForChoice(string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice)
    {
        var labels = choices.Select(Label).ToArray();
        Introduce(caption, message);
        while (true)
        {
            var offered = labels.Select((label, i) => i == defaultChoice ? $"{Ansi.Yellow}[{label.Key}] {label.Text}{Ansi.Reset}" : $"[{label.Key}] {label.Text}");
            var standard = defaultChoice >= 0 ? $" (default is \"{labels[defaultChoice].Key}\")" : "";
            terminal.Write($"{string.Join("  ", offered)}  [?] Help{standard}: ");
            var answer = ReadLine().Trim();
            if (answer.Length == 0 && defaultChoice >= 0)
            {
                return defaultChoice;
            }

            var chosen = Array.FindIndex(labels, label =>
                string.Equals(label.Key, answer, StringComparison.OrdinalIgnoreCase) || string.Equals(label.Text, answer, StringComparison.OrdinalIgnoreCase));
            if (chosen >= 0)
            {
                return chosen;
            }

            if (answer == "?")
            {
                foreach (var (label, choice) in labels.Zip(choices))
                {
                    terminal.Write($"{label.Key} - {choice.HelpMessage}{Environment.NewLine}");
                }
            }
        }
    }

    /// <summary>Asks for each value by name; a list ends with an empty line.</summary>
    public Dictionary<string, PSObject> AskForFields(string caption, string message, Collection<FieldDescription> fields)
    {
        Introduce(caption, message);
        var answers = new Dictionary<string, PSObject>(StringComparer.OrdinalIgnoreCase);
        foreach (var field in fields)
        {
            var type = LanguagePrimitives.TryConvertTo<Type>(field.ParameterAssemblyFullName, out var found) ? found : typeof(string);
            answers[field.Name] = PSObject.AsPSObject(Ask(field, type));
        }

        return answers;
    }

    /// <summary>Asks for a user and a password.</summary>
    public PSCredential AskForCredential(string caption, string message, string? userName)
    {
        Introduce(caption, message);
        if (string.IsNullOrEmpty(userName))
        {
            terminal.Write("User: ");
            userName = ReadLine();
        }

        terminal.Write($"Password for user {userName}: ");
        return new PSCredential(userName, ReadSecret());
    }

    /// <summary>Reads without showing what is typed.</summary>
    public SecureString ReadSecret()
    {
        var secret = new SecureString();
        while (true)
        {
            var key = Console.ReadKey(intercept: true);
            switch (key.Key)
            {
                case ConsoleKey.Enter:
                    terminal.Write(Environment.NewLine);
                    secret.MakeReadOnly();
                    return secret;
                case ConsoleKey.Backspace when secret.Length > 0:
                    secret.RemoveAt(secret.Length - 1);
                    break;
                case ConsoleKey.Backspace:
                    break;
                default:
                    if (!char.IsControl(key.KeyChar))
                    {
                        secret.AppendChar(key.KeyChar);
                    }

                    break;
            }
        }
    }

    private object Ask(FieldDescription field, Type type)
    {
        if (type == typeof(SecureString))
        {
            terminal.Write($"{field.Name}: ");
            return ReadSecret();
        }

        if (type == typeof(PSCredential))
        {
            return AskForCredential("", "", userName: null);
        }

        if (!type.IsArray)
        {
            terminal.Write($"{field.Name}: ");
            return ReadLine();
        }

        var items = new List<object>();
        while (true)
        {
            terminal.Write($"{field.Name}[{items.Count}]: ");
            var line = ReadLine();
            if (line.Length == 0)
            {
                return items.ToArray();
            }

            items.Add(line);
        }
    }

    private void Introduce(string caption, string message)
    {
        foreach (var text in new[] { string.IsNullOrEmpty(caption) ? null : $"{Ansi.Bold}{caption}{Ansi.Reset}", message })
        {
            if (!string.IsNullOrEmpty(text))
            {
                terminal.Write(LongLines.Fold(text, terminal.Width) + Environment.NewLine);
            }
        }
    }

    private static string ReadLine() => Console.In.ReadLine() ?? throw OperatorInterface.NobodyToAsk("The terminal was closed.");

    private static (string Key, string Text) Label(ChoiceDescription choice)
    {
        var mark = choice.Label.IndexOf('&', StringComparison.Ordinal);
        return mark >= 0 && mark + 1 < choice.Label.Length
            ? (choice.Label[mark + 1].ToString().ToUpperInvariant(), choice.Label.Remove(mark, 1))
            : (choice.Label, choice.Label);
    }
}
