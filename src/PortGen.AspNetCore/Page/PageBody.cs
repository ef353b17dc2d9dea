using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;

namespace PortGen.Page;

/// <summary>The page's main part. With its script the page takes this part of a later answer.</summary>
internal static class PageBody
{
    public static string Render(PageView view, string application, string environment)
    {
        var html = new StringBuilder("<main>\n<header>");
        html.Append(CultureInfo.InvariantCulture, $"<h1>Ports of {Encode(application)}</h1>");
        html.Append(CultureInfo.InvariantCulture, $"<p class=\"as-of\"><span class=\"environment\">{Encode(environment)}</span> as of <time id=\"time\" datetime=\"{view.Now:O}\">{view.Now:yyyy-MM-dd HH:mm:ss} UTC</time></p>");
        html.Append(CultureInfo.InvariantCulture, $"<p id=\"summary\"><span>{view.Summary.Count} {(view.Summary.Count == 1 ? "port" : "ports")}</span>");
        foreach (var (kind, text) in view.SummaryParts)
        {
            html.Append(CultureInfo.InvariantCulture, $" <span class=\"count\" data-kind=\"{kind}\">{text}</span>");
        }

        html.Append("</p>\n<p id=\"tools\" hidden=\"hidden\"><label>Filter <input id=\"filter\" type=\"search\" autocomplete=\"off\" /></label> <button type=\"button\" id=\"pause\">Pause updating</button></p></header>\n");
        html.Append("<p id=\"news\" role=\"status\" aria-live=\"polite\">").Append(Encode(view.News ?? "")).Append("</p>\n<h2 id=\"ports-title\">Every port</h2>\n");
        if (view.Ports.Count == 0)
        {
            html.Append("<p>This application has no ports.</p>\n");
        }

        html.Append("<ul id=\"ports\" aria-labelledby=\"ports-title\">\n");
        foreach (var port in view.Ports)
        {
            PortCard.Append(html, view, port);
        }

        html.Append("</ul>\n");
        if (view.Waves.Count > 0)
        {
            AppendWaves(html, view.Waves);
        }

        return html.Append("</main>").ToString();
    }

    private static void AppendWaves(StringBuilder html, IReadOnlyList<IReadOnlyList<string>> waves)
    {
        html.Append("<section id=\"order\"><h2>Start order</h2><p>The services of a step start side by side, and stop in reverse.</p><ol>");
        foreach (var wave in waves)
        {
            html.Append("<li>").AppendJoin(", ", wave.Select(Encode)).Append("</li>");
        }

        html.Append("</ol></section>\n");
    }

    private static string Encode(string text) => HtmlEncoder.Default.Encode(text);
}
