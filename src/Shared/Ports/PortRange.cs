using System.Globalization;

namespace PortGen;

/// <summary>An inclusive range of TCP port numbers, written <c>first-last</c>, or as one number when both ends are the same.</summary>
/// <remarks>The runtime makes this type public; the compiler part and the build task compile the same file as an internal type.</remarks>
readonly partial record struct PortRange
{
    /// <summary>Creates the range from <paramref name="first"/> to <paramref name="last"/>, both included.</summary>
    /// <param name="first">The lowest port, 1 to 65535.</param>
    /// <param name="last">The highest port, from <paramref name="first"/> to 65535.</param>
    /// <exception cref="ArgumentOutOfRangeException">A bound is not a TCP port, or <paramref name="last"/> lies below <paramref name="first"/>.</exception>
    public PortRange(int first, int last)
    {
        if (first is < 1 or > PortNumber.Max)
        {
            throw new ArgumentOutOfRangeException(nameof(first), first, "A TCP port lies between 1 and 65535.");
        }

        if (last < first || last > PortNumber.Max)
        {
            throw new ArgumentOutOfRangeException(nameof(last), last, "A range ends at or after its first port, and at 65535 at the latest.");
        }

        First = first;
        Last = last;
    }

    /// <summary>The lowest port of the range.</summary>
    public int First { get; }

    /// <summary>The highest port of the range, inclusive.</summary>
    public int Last { get; }

    /// <summary>How many ports the range has.</summary>
    public int Count => First == 0 ? 0 : Last - First + 1;

    /// <summary>Whether <paramref name="port"/> lies in the range.</summary>
    public bool Contains(int port) => port >= First && port <= Last && First != 0;

    /// <summary>Reads a range that meets all rules: the strict syntax (PG0001), ports 1024-65535 (PG0002), bounds in order (PG0003).</summary>
    /// <param name="text"><c>first-last</c> or a single port; surrounding blanks are allowed. <see langword="null"/> is not a range.</param>
    /// <param name="range">The range read, or the empty default.</param>
    public static bool TryParse(string? text, out PortRange range)
    {
        range = default;
        if (!TrySplit(text, out var firstText, out var lastText))
        {
            return false;
        }

        var (first, last) = (ToNumber(firstText), ToNumber(lastText));
        if (!PortNumber.IsSelectable(first) || !PortNumber.IsSelectable(last) || last < first)
        {
            return false;
        }

        range = new PortRange(first, last);
        return true;
    }

    /// <summary>The range as <c>first-last</c>, or the one port it has; <see cref="TryParse"/> reads it back.</summary>
    public override string ToString() => First == Last
        ? First.ToString(CultureInfo.InvariantCulture)
        : string.Format(CultureInfo.InvariantCulture, "{0}-{1}", First, Last);

    /// <summary>The syntax alone: optional outer blanks, ASCII digits, at most one hyphen between digits.</summary>
    internal static bool TrySplit(string? text, out string first, out string last)
    {
        var trimmed = text?.Trim(' ', '\t') ?? "";
        var hyphen = trimmed.IndexOf('-');
        first = hyphen < 0 ? trimmed : trimmed.Substring(0, hyphen);
        last = trimmed.Substring(hyphen + 1);
        return IsDigits(first) && IsDigits(last);
    }

    /// <summary>The value of a run of digits; anything too large for a port stays too large.</summary>
    internal static int ToNumber(string digits) =>
        int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : int.MaxValue;

    private static bool IsDigits(string text)
    {
        foreach (var c in text)
        {
            if (c is < '0' or > '9')
            {
                return false;
            }
        }

        return text.Length > 0;
    }
}
