using PortGen.AspNetCore.Tests.Support;
using PortGen.Tests.Support;
using PuppeteerSharp;

namespace PortGen.AspNetCore.Tests.Page;

/// <summary>The page as people have it: in a browser, with and without scripts, by keyboard, in the dark.</summary>
public sealed class PortPageTests
{
    // The WCAG's contrast of each element that has text of its own, to what is behind it; the least of all.
    private const string LeastContrast = """
        (() => {
          const parts = color => color.match(/[\d.]+/g).slice(0, 3).map(Number);
          const light = color => parts(color).map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4).reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
          const behind = e => { const color = getComputedStyle(e).backgroundColor; return color === 'rgba(0, 0, 0, 0)' && e.parentElement ? behind(e.parentElement) : color; };
          return Math.min(...[...document.querySelectorAll('main *')].filter(e => [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim())).map(e => {
            const back = light(behind(e));
            const text = light(getComputedStyle(e).color);
            return (Math.max(text, back) + 0.05) / (Math.min(text, back) + 0.05);
          }));
        })()
        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Without_scripts_everything_can_be_read()
    {
        await using var browser = await Chromium.StartAsync();
        var block = FreePorts.Block(6);
        using var other = FreePorts.Occupy(block.First + 2);
        await using var host = await StartAsync(block, "Development");
        await using var page = await browser.OpenAsync($"http://127.0.0.1:{block.First}/ports", scripts: false);
        var cards = await page.EvaluateExpressionAsync<string[]>("[...document.querySelectorAll('.port')].map(c => ['h3', '.state', '.address', '.where', '.holder'].map(s => c.querySelector(s)?.innerText).join('|'))");
        Assert.Equal(
            [
                $"back|serving|http://localhost:{block.First + 3}|{block.First + 3} instead of {block.First + 2}, of {block.First + 2}–{block.First + 3}|{block.First + 2} is held by {host.Manager.GetPort("back").HeldBy ?? "somebody unknown"}",
                $"front|serving|http://localhost:{block.First}|{block.First}, as preferred, of {block.First}–{block.First + 1}|",
            ],
            cards);
        Assert.Equal("2 ports\n2 serving\n1 on a fallback", await TextAsync(page, "#summary"));
        Assert.StartsWith("(1 on a fallback) Ports of ", await page.GetTitleAsync(), StringComparison.Ordinal);
        Assert.True(await page.EvaluateExpressionAsync<bool>("document.getElementById('pause').offsetParent === null"));
    }

    [Fact]
    public async Task In_production_it_does_not_tell_who_holds_a_port()
    {
        await using var browser = await Chromium.StartAsync();
        var block = FreePorts.Block(6);
        using var other = FreePorts.Occupy(block.First + 2);
        await using var host = await StartAsync(block, "Production");
        await using var page = await browser.OpenAsync($"http://127.0.0.1:{block.First}/ports");
        Assert.DoesNotContain("process", await page.GetContentAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_shows_and_says_what_changes_until_it_is_paused()
    {
        await using var browser = await Chromium.StartAsync();
        var block = FreePorts.Block(6);
        await using var host = await StartAsync(block, "Production");
        await using var page = await browser.OpenAsync($"http://127.0.0.1:{block.First}/ports");
        var complaints = new List<string>();
        page.Console += (_, e) => complaints.Add(e.Message.Text);
        page.PageError += (_, e) => complaints.Add(e.Message);

        // Whoever is on a link stays on it.
        await page.FocusAsync("[data-port=front] a");
        await host.Manager.StopServiceAsync("back", Token);
        await page.WaitForExpressionAsync("document.querySelector('[data-port=back]').dataset.state === 'released'");
        Assert.Equal("back is now released.", await TextAsync(page, "#news"));
        Assert.Equal("no address", await TextAsync(page, "[data-port=back] .address"));
        Assert.StartsWith("(1 stopped) Ports of ", await page.GetTitleAsync(), StringComparison.Ordinal);
        Assert.Equal("2 ports\n1 serving\n1 stopped", await TextAsync(page, "#summary"));

        // Trouble comes first, in the page that is open too.
        Assert.Equal(["back", "front"], await NamesAsync(page));
        await host.Manager.StartServiceAsync("back", Token);
        await page.WaitForExpressionAsync("document.querySelector('[data-port=back]').dataset.state === 'serving'");
        Assert.Equal("back is now serving.", await TextAsync(page, "#news"));
        Assert.True(await page.EvaluateExpressionAsync<bool>("document.activeElement === document.querySelector('[data-port=front] a')"));

        // A restart of the service that has the page is no more than a moment.
        await host.Manager.RestartServiceAsync("front", Token);
        await page.ClickAsync("#pause");
        var time = await TextAsync(page, "#time");
        await host.Manager.StopServiceAsync("back", Token);
        await page.EvaluateExpressionAsync("new Promise(done => setTimeout(done, 2500))");
        Assert.Equal((time, "serving"), (await TextAsync(page, "#time"), await TextAsync(page, "[data-port=back] .state")));
        await page.ClickAsync("#pause");
        await page.WaitForExpressionAsync("document.querySelector('[data-port=back]').dataset.state === 'released'");
        Assert.Empty(complaints);

        // Nobody answers any more: what was last said is said to be that.
        await host.Host.StopAsync(Token);
        await page.WaitForExpressionAsync("document.getElementById('news').textContent.startsWith('No answer since ')");
        Assert.StartsWith("(no answer) ", await page.GetTitleAsync(), StringComparison.Ordinal);
        Assert.Equal("\"was \"", await page.EvaluateExpressionAsync<string>("getComputedStyle(document.querySelector('[data-port=front] .state'), '::before').content"));
        Assert.InRange(await page.EvaluateExpressionAsync<double>(LeastContrast), 4.5, 21);
    }

    [Theory]
    [InlineData("light", "rgb(246, 247, 249)")]
    [InlineData("dark", "rgb(20, 23, 26)")]
    public async Task It_is_readable_in_the_light_and_in_the_dark(string scheme, string background)
    {
        await using var browser = await Chromium.StartAsync();
        var block = FreePorts.Block(6);
        using var other = FreePorts.Occupy(block.First + 2);
        await using var host = await StartAsync(block, "Development");
        await using var page = await browser.OpenAsync($"http://127.0.0.1:{block.First}/ports", scheme: scheme);
        Assert.Equal(background, await page.EvaluateExpressionAsync<string>("getComputedStyle(document.body).backgroundColor"));
        foreach (var state in (string[])["serving", "failed", "released", "draining"])
        {
            await page.EvaluateExpressionAsync($"document.querySelector('[data-port=back]').dataset.state = '{state}'");
            Assert.InRange(await page.EvaluateExpressionAsync<double>(LeastContrast), 4.5, 21);
        }

        if (Environment.GetEnvironmentVariable("PORTGEN_SCREENSHOTS") is { Length: > 0 } folder)
        {
            await page.ReloadAsync();
            await page.ScreenshotAsync(Path.Combine(folder, scheme + ".png"));
        }
    }

    [Fact]
    public async Task Keyboards_and_screen_readers_find_their_way()
    {
        await using var browser = await Chromium.StartAsync();
        var block = FreePorts.Block(6);
        await using var host = await StartAsync(block, "Production");
        await using var page = await browser.OpenAsync($"http://127.0.0.1:{block.First}/ports");
        Assert.Equal("en", await page.EvaluateExpressionAsync<string>("document.documentElement.lang"));
        Assert.NotEqual("", await page.GetTitleAsync());
        Assert.Equal(["filter", "pause", "back", "front"], await TabAsync(page, 4));
        Assert.True(await page.EvaluateExpressionAsync<bool>("getComputedStyle(document.activeElement).outlineStyle === 'solid'"));
        Assert.Equal(1, await CountAsync(page, "main"));
        Assert.Equal(1, await CountAsync(page, "h1"));
        Assert.Equal(1, await CountAsync(page, "ul[aria-labelledby=ports-title]"));
        Assert.Equal(1, await CountAsync(page, "label > input[type=search]"));
        Assert.Equal(1, await CountAsync(page, "[role=status][aria-live=polite]"));
        Assert.Equal(2, await CountAsync(page, ".port h3"));
        Assert.Equal(0, await CountAsync(page, "[src], link, img, iframe"));
    }

    [Fact]
    public async Task A_filter_finds_some_of_many()
    {
        await using var browser = await Chromium.StartAsync();
        var block = FreePorts.Block(6);
        await using var host = await StartAsync(block, "Production");
        await using var page = await browser.OpenAsync($"http://127.0.0.1:{block.First}/ports");
        await page.TypeAsync("#filter", "BAC");
        Assert.Equal(["back"], await NamesAsync(page));

        // An update keeps what was asked for.
        await host.Manager.StopServiceAsync("front", Token);
        await host.Manager.StartServiceAsync("front", Token);
        await page.WaitForExpressionAsync("document.getElementById('time').textContent !== '' && document.querySelector('[data-port=front]').hidden");
        await page.EvaluateExpressionAsync("document.getElementById('filter').value = ''; document.getElementById('filter').dispatchEvent(new Event('input'))");
        Assert.Equal(["back", "front"], await NamesAsync(page));
    }

    [Fact]
    public async Task HEAD_is_answered_as_GET_without_a_body()
    {
        await using var host = await StartAsync(FreePorts.Block(6), "Production");
        using var client = WebHost.NewClient(host.Manager.GetPort("front").Url!);
        using var answer = await client.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/ports"), Token);
        Assert.Equal(("text/html", "no-store", "no-referrer", ""), (
            answer.Content.Headers.ContentType!.MediaType, answer.Headers.CacheControl!.ToString(), string.Join("", answer.Headers.GetValues("Referrer-Policy")), await answer.Content.ReadAsStringAsync(Token)));
    }

    private static Task<string[]> NamesAsync(IPage page) => page.EvaluateExpressionAsync<string[]>("[...document.querySelectorAll('.port:not([hidden])')].map(c => c.dataset.port)");

    private static async Task<string[]> TabAsync(IPage page, int count)
    {
        var reached = new string[count];
        for (var i = 0; i < count; i++)
        {
            await page.Keyboard.PressAsync("Tab");
            reached[i] = await page.EvaluateExpressionAsync<string>("document.activeElement.id || document.activeElement.className || document.activeElement.closest('.port').dataset.port");
        }

        return reached;
    }

    private static Task<WebHost> StartAsync(PortRange block, string environment) => WebHost.StartAsync(
        [new PortDefinition("front") { Port = block.First, Range = new PortRange(block.First, block.First + 1) }, new PortDefinition("back") { Port = block.First + 2, Range = new PortRange(block.First + 2, block.First + 3) }],
        [new WebSetup(static app => app.MapPortPage()), new WebSetup(static _ => { })],
        ("environment", environment));

    private static Task<string> TextAsync(IPage page, string selector) => page.EvaluateExpressionAsync<string>($"document.querySelector('{selector}').innerText");

    private static Task<int> CountAsync(IPage page, string selector) => page.EvaluateExpressionAsync<int>($"document.querySelectorAll('{selector}').length");
}
