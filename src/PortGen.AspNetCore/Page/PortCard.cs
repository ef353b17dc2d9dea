using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using PortGen.Status;

namespace PortGen.Page;

/// <summary>One port in HTML that is well-formed XML too. Whatever comes from outside is encoded.</summary>
internal static class PortCard
{
    public static void Append(StringBuilder html, PageView view, PortStatus port)
    {
        var (name, state) = (Encode(port.Name), StateNames.Of(port.State));
        html.Append(CultureInfo.InvariantCulture, $"<li class=\"port\" data-port=\"{name}\" data-state=\"{state}\"");
        html.Append(port.IsFallback ? " data-fallback=\"true\">" : ">");
        html.Append(CultureInfo.InvariantCulture, $"<div class=\"name\"><h3>{name}</h3><span class=\"state\">{state}</span>");
        html.Append(port.IsFallback ? " <span class=\"mark\">fallback</span></div>" : "</div>");
        html.Append("<p class=\"address\">").Append(Address(port)).Append("</p>");
        RangeDrawing.Append(html, view, port);
        if (view.ShowHolders && (port.HeldBy is not null || port.IsFallback))
        {
            html.Append(CultureInfo.InvariantCulture, $"<p class=\"holder\">{port.PreferredPort} is held by {Encode(port.HeldBy ?? "somebody unknown")}</p>");
        }

        html.Append("<dl>");
        Detail(html, "Held for", port.AllocatedAt is { } since ? Duration(view.Now - since) : "not held");
        Detail(html, "Interface", Encode(port.Host));
        if (port.Service != port.Name)
        {
            Detail(html, "Service", Encode(port.Service));
        }

        if (port.HealthPath is { } path)
        {
            Detail(html, "Health", port.Url is { } url && IsServed(port) ? Link(url + path, path) : Encode(path));
        }

        if (port is { PublicUrl: { } outside, ExternalPort: null } && outside != port.Url)
        {
            Detail(html, "Outside", outside.StartsWith("http", StringComparison.OrdinalIgnoreCase) ? Link(outside, outside) : Encode(outside));
        }
        else if (port.ExternalPort is { } number)
        {
            Detail(html, "Outside", PageView.Text(number));
        }

        html.Append("</dl>");
        view.Forms?.Append(html, port);
        html.Append("</li>\n");
    }

    // Where something answers by HTTP there is something to open.
    private static string Address(PortStatus port) =>
        port.Url is not { } url ? "no address" : IsServed(port) && url.StartsWith("http", StringComparison.Ordinal) ? Link(url, url) : $"<span>{Encode(url)}</span>";

    private static bool IsServed(PortStatus port) => port.State is PortState.Serving or PortState.Draining;

    private static string Link(string url, string text) => $"<a href=\"{Encode(url)}\">{Encode(text)}</a>";

    private static void Detail(StringBuilder html, string term, string value) => html.Append("<div><dt>").Append(term).Append("</dt><dd>").Append(value).Append("</dd></div>");

    private static string Duration(TimeSpan time) => time switch
    {
        { TotalDays: >= 1 } => string.Create(CultureInfo.InvariantCulture, $"{time.Days} d {time.Hours} h"),
        { TotalHours: >= 1 } => string.Create(CultureInfo.InvariantCulture, $"{time.Hours} h {time.Minutes} min"),
        { TotalMinutes: >= 1 } => string.Create(CultureInfo.InvariantCulture, $"{time.Minutes} min"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, time.Seconds)} s"),
    };

    private static string Encode(string text) => HtmlEncoder.Default.Encode(text);
}
