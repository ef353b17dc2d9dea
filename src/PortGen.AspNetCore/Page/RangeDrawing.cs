using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;

namespace PortGen.Page;

/// <summary>A port on its range: where it wants to be, where it is, and which numbers other ports of the application have. In words beside it, for who can't see.</summary>
internal static class RangeDrawing
{
    // A longer range has cells of several numbers.
    private const int MaxCells = 40;

    public static void Append(StringBuilder html, PageView view, PortStatus port)
    {
        if (port.Range is not { } range)
        {
            html.Append("<p class=\"where\">").Append(port.Port is null ? "The system chooses its number" : "A number that the system chose").Append("</p>");
            return;
        }

        html.Append("<div class=\"range\" aria-hidden=\"true\"><span class=\"end\">").Append(PageView.Text(range.First)).Append("</span><span class=\"cells\">");
        var size = (range.Count + MaxCells - 1) / MaxCells;
        for (var first = range.First; first <= range.Last; first += size)
        {
            AppendCell(html, view, port, first, Math.Min(first + size - 1, range.Last));
        }

        html.Append("</span><span class=\"end\">").Append(range.Count == 1 ? "" : PageView.Text(range.Last)).Append("</span></div>");
        html.Append("<p class=\"where\">").Append(Describe(port, range)).Append("</p>");
    }

    private static void AppendCell(StringBuilder html, PageView view, PortStatus port, int first, int last)
    {
        var names = new List<string>();
        for (var number = first; number <= last; number++)
        {
            if (view.HolderOf(number, port) is { } other)
            {
                names.Add($"{PageView.Text(number)} is {other.Name}");
            }
        }

        var isActual = port.Port >= first && port.Port <= last;
        var isPreferred = port.PreferredPort >= first && port.PreferredPort <= last;
        var kind = isActual ? "actual" : isPreferred && port.IsFallback ? "missed" : names.Count > 0 ? "other" : "free";
        html.Append("<span class=\"cell ").Append(kind).Append(isPreferred ? " preferred" : "").Append('"');
        if (names.Count > 0)
        {
            html.Append(" title=\"").Append(HtmlEncoder.Default.Encode(string.Join(", ", names))).Append('"');
        }

        html.Append("></span>");
    }

    private static string Describe(PortStatus port, PortRange range)
    {
        var numbers = range.Count == 1 ? "no other number is allowed" : $"of {PageView.Text(range.First)}–{PageView.Text(range.Last)}";
        return port switch
        {
            { Port: null, PreferredPort: 0 } => $"Not held; any {numbers}",
            { Port: null } => $"Not held; prefers {PageView.Text(port.PreferredPort)}, {numbers}",
            { IsFallback: true } => string.Create(CultureInfo.InvariantCulture, $"<strong>{port.Port}</strong> instead of {port.PreferredPort}, {numbers}"),
            { PreferredPort: 0 } => string.Create(CultureInfo.InvariantCulture, $"<strong>{port.Port}</strong>, any {numbers}"),
            _ => string.Create(CultureInfo.InvariantCulture, $"<strong>{port.Port}</strong>, as preferred, {numbers}"),
        };
    }
}
