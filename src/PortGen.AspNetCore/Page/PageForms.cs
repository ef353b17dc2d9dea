using System.Text;
using System.Text.Encodings.Web;

namespace PortGen.Page;

/// <summary>The buttons of the page.</summary>
/// <param name="Path">The page's path, below which the operations are.</param>
/// <param name="TokenName">The field of the antiforgery token.</param>
/// <param name="Token">The antiforgery token.</param>
internal sealed record PageForms(string Path, string TokenName, string Token)
{
    public const string Start = "start";
    public const string Stop = "stop";
    public const string Restart = "restart";

    public static readonly IReadOnlyList<string> Operations = [Start, Stop, Restart];

    /// <summary>Appends the buttons for the service of a port. An additional port has none: its service has.</summary>
    public void Append(StringBuilder html, PortStatus port)
    {
        if (port.Name != port.Service)
        {
            return;
        }

        html.Append("<div class=\"control\">");
        foreach (var operation in port.Port is null ? (string[])[Start] : [Restart, Stop])
        {
            html.Append("<form method=\"post\" action=\"").Append(Encode($"{Path}/{Uri.EscapeDataString(port.Service)}/{operation}")).Append("\"><input type=\"hidden\" name=\"")
                .Append(Encode(TokenName)).Append("\" value=\"").Append(Encode(Token)).Append("\" /><button aria-label=\"").Append(operation).Append(' ').Append(Encode(port.Service))
                .Append("\">").Append(char.ToUpperInvariant(operation[0])).Append(operation.AsSpan(1)).Append("</button></form>");
        }

        html.Append("</div>");
    }

    private static string Encode(string text) => HtmlEncoder.Default.Encode(text);
}
