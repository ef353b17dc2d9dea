using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using PortGen.Status;

namespace PortGen.Page;

/// <summary>The table of all ports in HTML that is well-formed XML too. Whatever comes from outside is encoded.</summary>
internal static class PortTable
{
    private static readonly string[] s_columns = ["Port", "Service", "State", "Preferred", "Actual", "Address", "Held for"];

    public static string Render(IReadOnlyList<PortStatus> ports, bool showHolders, DateTimeOffset now)
    {
        var html = new StringBuilder("<table>\n<caption id=\"caption\">Every port of the application, as it is now</caption>\n<thead><tr>");
        foreach (var column in showHolders ? [.. s_columns, "Missed port held by"] : s_columns)
        {
            html.Append("<th scope=\"col\">").Append(column).Append("</th>");
        }

        html.Append("</tr></thead>\n<tbody>\n");
        foreach (var port in ports)
        {
            AppendRow(html, port, showHolders, now);
        }

        return html.Append("</tbody>\n</table>").ToString();
    }

    private static void AppendRow(StringBuilder html, PortStatus port, bool showHolders, DateTimeOffset now)
    {
        var (name, state) = (Encode(port.Name), StateNames.Of(port.State));
        html.Append(CultureInfo.InvariantCulture, $"<tr data-port=\"{name}\" data-state=\"{state}\"><th scope=\"row\">{name}</th>");
        html.Append(CultureInfo.InvariantCulture, $"<td>{Encode(port.Service)}</td><td class=\"state\">{state}</td>");
        html.Append(CultureInfo.InvariantCulture, $"<td class=\"number\">{(port.PreferredPort == 0 ? "any" : port.PreferredPort)}</td>");
        html.Append(CultureInfo.InvariantCulture, $"<td class=\"number\">{port.Port?.ToString(CultureInfo.InvariantCulture) ?? "none"}{(port.IsFallback ? " (fallback)" : "")}</td>");
        html.Append("<td>").Append(Address(port)).Append("</td>");
        html.Append(CultureInfo.InvariantCulture, $"<td>{(port.AllocatedAt is { } since ? Duration(now - since) : "not held")}</td>");
        if (showHolders)
        {
            html.Append(CultureInfo.InvariantCulture, $"<td>{Encode(port.HeldBy ?? (port.IsFallback ? "unknown" : ""))}</td>");
        }

        html.Append("</tr>\n");
    }

    private static string Address(PortStatus port)
    {
        var outside = port.ExternalPort is { } number ? string.Create(CultureInfo.InvariantCulture, $" outside on port {number}") : "";
        return port.Url is { } url ? $"<a href=\"{Encode(url)}\">{Encode(url)}</a>{outside}" : "none";
    }

    private static string Duration(TimeSpan time) => time switch
    {
        { TotalDays: >= 1 } => string.Create(CultureInfo.InvariantCulture, $"{time.Days} d {time.Hours} h"),
        { TotalHours: >= 1 } => string.Create(CultureInfo.InvariantCulture, $"{time.Hours} h {time.Minutes} min"),
        { TotalMinutes: >= 1 } => string.Create(CultureInfo.InvariantCulture, $"{time.Minutes} min"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, time.Seconds)} s"),
    };

    private static string Encode(string text) => HtmlEncoder.Default.Encode(text);
}
