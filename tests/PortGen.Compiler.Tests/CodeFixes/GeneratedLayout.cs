namespace PortGen.Compiler.Tests.CodeFixes;

/// <summary>Numbers from which everything else is chosen, so that a failure can be repeated.</summary>
internal sealed class Dice(int[] numbers)
{
    private int _next;

    public int Roll(int sides) => numbers[_next++ % numbers.Length] / (1 + (_next / numbers.Length)) % sides;

    public T Pick<T>(params T[] choices) => choices[Roll(choices.Length)];
}

/// <summary>How a generated file is laid out. Lines are built for one level of indentation; <see cref="Indent"/> moves them in.</summary>
internal sealed class GeneratedLayout(Dice dice)
{
    private int _comments;

    public string Break { get; } = dice.Pick("\n", "\r\n");

    public string Unit { get; } = dice.Pick("    ", "\t", "  ");

    public bool HasBraceAtLineEnd { get; } = dice.Roll(3) == 0;

    /// <summary>Now and then a comment, each with a number of its own.</summary>
    public string Comment(bool asLine) => asLine
        ? dice.Pick("", $"// c{++_comments}{Break}", $"/* c{++_comments} */{Break}")
        : dice.Pick("", "", $" /* c{++_comments} */");

    public string Block(params string[] members)
    {
        var open = HasBraceAtLineEnd ? " {" : Break + "{";
        var end = dice.Roll(4) == 0 ? Unit + Comment(true).TrimEnd() + Break : "";
        return open + Break + string.Join(Break, members.Select(m => Unit + m + Break)) + (end.Trim().Length > 0 ? end : "") + "}";
    }

    /// <summary>Elements on one line (0), on lines of their own (1), or with the comma first (2).</summary>
    public string List(string[] elements, int style, string start)
    {
        var line = Break + Unit;
        var commented = elements.Select((e, i) => (Text: dice.Pick("", "", $"/* c{++_comments} */ ") + e, Comment: Comment(false), Last: i == elements.Length - 1)).ToList();
        return style switch
        {
            0 => start + string.Join(", ", commented.Select(static e => e.Text + e.Comment)),
            1 => line + string.Join(line, commented.Select(e => e.Text + (e.Last ? e.Comment : "," + e.Comment + LineComment()))),
            _ => line + string.Join(line + ", ", commented.Select(e => e.Text + e.Comment + (e.Last ? "" : LineComment()))),
        };
    }

    public string Indent(string text) => string.Join(Break, text.Split(Break).Select(l => l.Length == 0 ? l : Unit + l));

    private string LineComment() => dice.Pick("", "", $" // c{++_comments}");
}
