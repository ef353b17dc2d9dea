using System.Globalization;
using System.Xml.Linq;
using CsCheck;
using PortGen.Page;

namespace PortGen.AspNetCore.Tests.Page;

/// <summary>The page's main part, for any ports.</summary>
public sealed class PageBodyTests
{
    private static readonly Gen<string> s_text = Gen.Frequency(
        (3, Gen.String["abc<>&\"'/=;:`{}[]()! é€"]), (1, Gen.OneOf("<script>alert(1)</script>", "\" onclick=\"alert(1)", "</li>", "javascript:alert(1)", "nginx (pid 12)")));

    private static readonly Gen<PortStatus> s_port =
        from name in s_text
        from heldBy in Gen.Null(s_text)
        from path in Gen.Null(s_text)
        from port in Gen.Nullable(Gen.Int[1024, 1200], 0.3)
        from preferred in Gen.OneOf(Gen.Const(0), Gen.Int[1024, 1200])
        from range in Gen.Nullable(Gen.Select(Gen.Int[1024, 1200], Gen.Int[0, 200]), 0.7)
        from outside in Gen.Nullable(Gen.Int[1, 65535], 0.5)
        from state in Gen.Enum<PortState>()
        from wave in Gen.Int[0, 3]
        from host in Gen.OneOf("localhost", "*", "127.0.0.1", "::1")
        select new PortStatus
        {
            Name = name,
            Service = name,
            Port = port,
            PreferredPort = preferred,
            Range = range is var (first, more) ? new PortRange(first, first + more) : null,
            Host = host,
            State = state,
            HealthPath = path,
            ExternalPort = outside,
            AllocatedAt = port is null ? null : DateTimeOffset.UnixEpoch,
            HeldBy = heldBy,
            Wave = wave,
        };

    [Fact]
    public void Whatever_a_port_says_it_is_text_in_its_place() => Gen.Select(s_port.Array[0, 6], Gen.Bool, s_text, s_text).Sample((ports, showHolders, application, environment) =>
    {
        var main = Render(ports, showHolders, application, environment);
        Assert.Equal("Ports of " + application, main.Descendants("h1").Single().Value);
        Assert.Equal(environment, ById(main, "time").Parent!.Elements("span").First().Value);
        var cards = Cards(main);
        Assert.Equal(ports.Select(static p => p.Name).Order(StringComparer.Ordinal), cards.Select(static c => c.Attribute("data-port")!.Value).Order(StringComparer.Ordinal));
        foreach (var card in cards)
        {
            var candidates = ports.Where(p => p.Name == card.Attribute("data-port")!.Value).ToList();
            Assert.Contains(candidates, p => IsOf(card, p, showHolders));
            Assert.DoesNotContain(card.Descendants().Attributes(), static a => a.Name.LocalName.StartsWith("on", StringComparison.Ordinal));
        }
    });

    [Fact]
    public void Trouble_comes_first_then_fallbacks_then_names()
    {
        PortStatus[] ports =
        [
            Port("b"), Port("a"), Port("fallback", port: 8081), Port("stopped", PortState.Released), Port("draining", PortState.Draining), Port("bound", PortState.Bound),
            Port("pending", PortState.Pending), Port("failed", PortState.Failed), Port("unheld", PortState.Pending) with { IsExpected = false },
        ];
        Assert.Equal(["failed", "bound", "draining", "pending", "stopped", "fallback", "a", "b", "unheld"], Cards(Render(ports)).Select(static c => c.Attribute("data-port")!.Value));
    }

    [Theory]
    [InlineData("", "0 ports|0 serving")]
    [InlineData("", "1 port|1 serving", PortState.Serving)]
    [InlineData("(1 failed) ", "3 ports|1 serving|1 failed|1 draining", PortState.Serving, PortState.Failed, PortState.Draining)]
    [InlineData("(stopping) ", "2 ports|1 serving|1 draining", PortState.Serving, PortState.Draining)]
    [InlineData("(2 not served yet) ", "3 ports|0 serving|2 not served yet|1 stopped", PortState.Bound, PortState.Pending, PortState.Released)]
    [InlineData("(1 stopped) ", "2 ports|1 serving|1 stopped", PortState.Serving, PortState.Released)]
    public void A_summary_and_the_title_say_what_is_wrong(string prefix, string summary, params PortState[] states)
    {
        var ports = states.Select(static (s, i) => Port($"p{i}", s)).ToList();
        Assert.Equal(prefix, new PageView(ports, showHolders: false, DateTimeOffset.UnixEpoch).TitlePrefix);
        Assert.Equal(summary, string.Join('|', ById(Render(ports), "summary").Elements("span").Select(static e => e.Value)));
    }

    [Fact]
    public void A_fallback_is_counted_and_in_the_title_and_drawn_on_the_range()
    {
        PortStatus[] ports = [Port("web", port: 8083) with { Range = new PortRange(8082, 8086), PreferredPort = 8082, HeldBy = "nginx" }, Port("other", port: 8085) with { PreferredPort = 8085 }];
        Assert.Equal("(1 on a fallback) ", new PageView(ports, showHolders: false, DateTimeOffset.UnixEpoch).TitlePrefix);
        var card = Cards(Render(ports, showHolders: true)).Single(static c => c.Attribute("data-port")!.Value == "web");
        Assert.Equal("true", card.Attribute("data-fallback")!.Value);
        Assert.Equal(["cell missed preferred", "cell actual", "cell free", "cell other", "cell free"], Cells(card).Select(static c => c.Attribute("class")!.Value));
        Assert.Equal("8085 is other", Cells(card)[3].Attribute("title")!.Value);
        Assert.Equal("8083 instead of 8082, of 8082–8086", ByClass(card, "where").Value);
        Assert.Equal("8082 is held by nginx", ByClass(card, "holder").Value);
    }

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(40, 40, 1)]
    [InlineData(41, 21, 2)]
    [InlineData(1000, 40, 25)]
    public void A_long_range_has_cells_of_several_numbers(int count, int cells, int size)
    {
        PortStatus[] ports = [Port("web", port: 2000 + count - 1) with { Range = new PortRange(2000, 2000 + count - 1), PreferredPort = 2000 }, Port("beyond", port: 2000 + count)];
        var drawn = Cells(Cards(Render(ports)).Single(static c => c.Attribute("data-port")!.Value == "web"));
        Assert.Equal(cells, drawn.Count);
        Assert.Equal(count == 1 ? "cell actual preferred" : "cell actual", drawn[^1].Attribute("class")!.Value);
        Assert.Contains("preferred", drawn[0].Attribute("class")!.Value, StringComparison.Ordinal);
        Assert.True(size * cells >= count);
        Assert.All(drawn, static c => Assert.Null(c.Attribute("title")));
    }

    [Fact]
    public void Where_none_is_held_the_preferred_number_is_not_drawn_as_missed()
    {
        var card = Cards(Render([Port("web") with { Port = null, State = PortState.Pending, Range = new PortRange(8080, 8081) }])).Single();
        Assert.Equal(["cell free preferred", "cell free"], Cells(card).Select(static c => c.Attribute("class")!.Value));
    }

    [Theory]
    [InlineData(null, null, 0, "The system chooses its number")]
    [InlineData(8080, null, 0, "A number that the system chose")]
    [InlineData(null, "8080-8089", 8080, "Not held; prefers 8080, of 8080–8089")]
    [InlineData(null, "8080-8089", 0, "Not held; any of 8080–8089")]
    [InlineData(8081, "8080-8089", 0, "8081, any of 8080–8089")]
    [InlineData(8080, "8080-8089", 8080, "8080, as preferred, of 8080–8089")]
    [InlineData(8080, "8080", 8080, "8080, as preferred, no other number is allowed")]
    public void The_place_on_the_range_is_told_in_words_too(int? port, string? range, int preferred, string text)
    {
        var status = Port("web") with { Port = port, PreferredPort = preferred, Range = PortRange.TryParse(range, out var parsed) ? parsed : null };
        Assert.Equal(text, ByClass(Cards(Render([status])).Single(), "where").Value);
    }

    [Fact]
    public void There_is_a_link_only_where_something_speaks_HTTP()
    {
        Assert.Empty(Cards(Render([Port("echo")])).Single().Descendants("a"));
        Assert.Equal("tcp://localhost:8080", ByClass(Cards(Render([Port("echo")])).Single(), "address").Value);
        var links = Cards(Render([Port("rest") with { HealthPath = "/health" }])).Single().Descendants("a").Select(static a => a.Attribute("href")!.Value);
        Assert.Equal(["http://localhost:8080", "http://localhost:8080/health"], links);
        Assert.Empty(Cards(Render([Port("rest", PortState.Bound) with { HealthPath = "/health" }])).Single().Descendants("a"));
    }

    [Fact]
    public void The_start_order_is_told_by_services_in_waves()
    {
        var main = Render([Port("a") with { Wave = 1 }, Port("b"), Port("c") with { Wave = 1 }, Port("more") with { Service = "a", Wave = 1 }, Port("web") with { Wave = 2 }]);
        Assert.Equal(["b", "a, c", "web"], ById(main, "order").Descendants("li").Select(static l => l.Value));
    }

    [Theory]
    [InlineData(0, "0 s")]
    [InlineData(59, "59 s")]
    [InlineData(60, "1 min")]
    [InlineData(3599, "59 min")]
    [InlineData(3600, "1 h 0 min")]
    [InlineData(86399, "23 h 59 min")]
    [InlineData(90000, "1 d 1 h")]
    [InlineData(-5, "0 s")]
    public void It_says_how_long_a_port_has_been_held(int seconds, string text) =>
        Assert.Equal(text, Details(Cards(Render([Port("rest")], now: DateTimeOffset.UnixEpoch.AddSeconds(seconds))).Single())["Held for"]);

    private static bool IsOf(XElement card, PortStatus port, bool showHolders)
    {
        var details = Details(card);
        return card.Descendants("h3").Single().Value == port.Name
            && ByClass(card, "state").Value == port.State.ToString().ToLowerInvariant()
            && card.Attribute("data-state")!.Value == port.State.ToString().ToLowerInvariant()
            && ByClass(card, "address").Value == (port.Url ?? "no address")
            && details["Interface"] == port.Host
            && details.GetValueOrDefault("Health") == port.HealthPath
            && details.GetValueOrDefault("Outside") == port.ExternalPort?.ToString(CultureInfo.InvariantCulture)
            && (details["Held for"] == "not held") == (port.AllocatedAt is null)
            && card.Elements("p").SingleOrDefault(static p => p.Attribute("class")!.Value == "holder")?.Value
                == (showHolders && (port.HeldBy is not null || port.IsFallback) ? $"{port.PreferredPort} is held by {port.HeldBy ?? "somebody unknown"}" : null);
    }

    private static XElement Render(IReadOnlyList<PortStatus> ports, bool showHolders = false, string application = "App", string environment = "Production", DateTimeOffset? now = null) =>
        XElement.Parse(PageBody.Render(new PageView(ports, showHolders, now ?? DateTimeOffset.UnixEpoch), application, environment), LoadOptions.PreserveWhitespace);

    private static PortStatus Port(string name, PortState state = PortState.Serving, int port = 8080) =>
        new() { Name = name, Service = name, PreferredPort = 8080, Host = "localhost", Port = port, State = state, AllocatedAt = DateTimeOffset.UnixEpoch };

    private static List<XElement> Cards(XElement main) => [.. ById(main, "ports").Elements("li")];

    private static List<XElement> Cells(XElement card) => [.. ByClass(card, "cells").Elements("span")];

    private static Dictionary<string, string> Details(XElement card) => card.Element("dl")!.Elements("div").ToDictionary(static d => d.Element("dt")!.Value, static d => d.Element("dd")!.Value);

    private static XElement ById(XElement main, string id) => main.Descendants().Single(e => e.Attribute("id")?.Value == id);

    private static XElement ByClass(XElement card, string name) => card.Descendants().Single(e => e.Attribute("class")?.Value == name);
}
