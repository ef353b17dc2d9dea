using System.Globalization;
using System.Xml.Linq;
using CsCheck;
using PortGen.Page;

namespace PortGen.AspNetCore.Tests.Page;

public sealed class PortTableTests
{
    private static readonly Gen<string> s_text = Gen.Frequency(
        (3, Gen.String["abc<>&\"'/=;:`{}[]()! é€"]), (1, Gen.OneOf("<script>alert(1)</script>", "\" onclick=\"alert(1)", "</table>", "javascript:alert(1)", "nginx (pid 12)")));

    private static readonly Gen<PortStatus> s_port =
        from name in s_text
        from heldBy in Gen.Null(s_text)
        from port in Gen.Nullable(Gen.Int[1024, 65535], 0.3)
        from requested in Gen.OneOf(Gen.Const(0), Gen.Int[1024, 65535])
        from outside in Gen.Nullable(Gen.Int[1, 65535], 0.5)
        from state in Gen.Enum<PortState>()
        from host in Gen.OneOf("localhost", "*", "127.0.0.1", "::1")
        select new PortStatus
        {
            Name = name,
            Service = name,
            Port = port,
            PreferredPort = requested,
            Host = host,
            State = state,
            ExternalPort = outside,
            AllocatedAt = port is null ? null : DateTimeOffset.UnixEpoch,
            HeldBy = heldBy,
        };

    [Fact]
    public void Whatever_a_port_says_it_is_text_in_its_cell() => Gen.Select(s_port.Array[0, 4], Gen.Bool).Sample((ports, showHolders) =>
    {
        var table = XElement.Parse(PortTable.Render(ports, showHolders, DateTimeOffset.UnixEpoch), LoadOptions.PreserveWhitespace);
        Assert.Equal(showHolders ? 8 : 7, table.Element("thead")!.Descendants("th").Count());
        var rows = table.Element("tbody")!.Elements("tr").ToList();
        Assert.Equal(ports.Length, rows.Count);
        foreach (var (row, port) in rows.Zip(ports))
        {
            var cells = row.Elements().Select(static c => c.Value).ToList();
            Assert.Equal([port.Name, port.Service, port.State.ToString().ToLowerInvariant(), port.PreferredPort == 0 ? "any" : Text(port.PreferredPort)], cells[..4]);
            Assert.Equal((port.Port is { } actual ? Text(actual) : "none") + (port.IsFallback ? " (fallback)" : ""), cells[4]);
            Assert.Equal(port.Url, row.Descendants("a").SingleOrDefault()?.Attribute("href")?.Value);
            Assert.Equal(showHolders ? [port.HeldBy ?? (port.IsFallback ? "unknown" : "")] : [], cells[7..]);
            Assert.Equal((port.Name, port.State.ToString().ToLowerInvariant()), (row.Attribute("data-port")!.Value, row.Attribute("data-state")!.Value));
            Assert.DoesNotContain(row.Descendants().Attributes(), static a => a.Name.LocalName.StartsWith("on", StringComparison.Ordinal));
        }
    });

    [Theory]
    [InlineData(0, "0 s")]
    [InlineData(59, "59 s")]
    [InlineData(60, "1 min")]
    [InlineData(3599, "59 min")]
    [InlineData(3600, "1 h 0 min")]
    [InlineData(86399, "23 h 59 min")]
    [InlineData(90000, "1 d 1 h")]
    [InlineData(-5, "0 s")]
    public void It_says_how_long_a_port_has_been_held(int seconds, string text)
    {
        var port = new PortStatus { Name = "rest", Service = "rest", PreferredPort = 0, Host = "*", Port = 8080, AllocatedAt = DateTimeOffset.UnixEpoch };
        var table = XElement.Parse(PortTable.Render([port], showHolders: false, DateTimeOffset.UnixEpoch.AddSeconds(seconds)));
        Assert.Equal(text, table.Element("tbody")!.Elements("tr").Single().Elements().Last().Value);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
