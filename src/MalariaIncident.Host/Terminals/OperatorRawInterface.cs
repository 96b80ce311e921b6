using System.Management.Automation.Host;

namespace MalariaIncident.Host.Terminals;

/// <summary>The measures of the terminal. Reading or painting single cells is not offered; nothing here needs it.</summary>
internal sealed class OperatorRawInterface(Terminal terminal) : PSHostRawUserInterface
{
    private const int Endless = 9999;

    public override ConsoleColor ForegroundColor { get; set; } = (ConsoleColor)(-1);

    public override ConsoleColor BackgroundColor { get; set; } = (ConsoleColor)(-1);

    public override Size BufferSize
    {
        get => new(terminal.Width, Console.IsOutputRedirected ? Endless : Console.WindowHeight);
        set => throw NotOffered();
    }

    public override Size WindowSize
    {
        get => BufferSize;
        set => throw NotOffered();
    }

    public override Size MaxWindowSize => BufferSize;

    public override Size MaxPhysicalWindowSize => BufferSize;

    public override Coordinates CursorPosition
    {
        get => Terminal.IsForPeople ? new(Console.CursorLeft, Console.CursorTop) : new(0, 0);
        set
        {
            if (Terminal.IsForPeople)
            {
                Console.SetCursorPosition(value.X, value.Y);
            }
        }
    }

    public override int CursorSize { get; set; } = 25;

    public override Coordinates WindowPosition { get; set; }

    public override string WindowTitle { get; set; } = "malaria-incident";

    public override bool KeyAvailable => Terminal.IsForPeople && Console.KeyAvailable;

    public override KeyInfo ReadKey(ReadKeyOptions options)
    {
        if (!Terminal.IsForPeople)
        {
            throw OperatorInterface.NobodyToAsk("A key was asked for.");
        }

        var key = Console.ReadKey(intercept: options.HasFlag(ReadKeyOptions.NoEcho));
        return new KeyInfo((int)key.Key, key.KeyChar, default, keyDown: true);
    }

    public override void FlushInputBuffer()
    {
        while (KeyAvailable)
        {
            Console.ReadKey(intercept: true);
        }
    }

    public override BufferCell[,] GetBufferContents(Rectangle rectangle) => throw NotOffered();

    public override void ScrollBufferContents(Rectangle source, Coordinates destination, Rectangle clip, BufferCell fill) => throw NotOffered();

    public override void SetBufferContents(Coordinates origin, BufferCell[,] contents) => throw NotOffered();

    public override void SetBufferContents(Rectangle rectangle, BufferCell fill)
    {
        // Clear-Host calls this with a rectangle of -1 for the whole screen.
        if (rectangle.Left == -1 && Terminal.IsForPeople)
        {
            Console.Clear();
        }
    }

    private static NotSupportedException NotOffered() => new("This terminal's cells can not be read, painted or resized by a script.");
}
