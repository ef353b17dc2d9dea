using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using PortGen.AspNetCore.Tests.Support;
using PortGen.Tests.Support;
using PuppeteerSharp;
using PuppeteerSharp.Media;

namespace PortGen.AspNetCore.Tests.Page;

/// <summary>The page with no, few and many ports, in every state, from a telephone to a wall. PORTGEN_SCREENSHOTS names a folder for pictures.</summary>
public sealed class PageGalleryTests
{
    private static readonly string? s_folder = Environment.GetEnvironmentVariable("PORTGEN_SCREENSHOTS");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(61)]
    public async Task It_fits_every_width_in_the_light_and_in_the_dark(int count)
    {
        if (count != 3)
        {
            LongTests.SkipUnlessMiddle();
        }

        await using var browser = await Chromium.StartAsync();
        await using var application = await StartAsync(count);
        foreach (var scheme in (string[])["light", "dark"])
        {
            using var page = await browser.OpenAsync(application.Urls.Single() + "/ports", scheme: scheme);
            foreach (var (width, height) in ((int, int)[])[(360, 740), (1280, 900), (3840, 2160)])
            {
                await page.SetViewportAsync(new ViewPortOptions { Width = width, Height = height });
                Assert.True(await page.EvaluateExpressionAsync<bool>("document.documentElement.scrollWidth <= innerWidth"), $"{count} ports at {width}");

                // Nothing is cut off within its own box either.
                Assert.Empty(await page.EvaluateExpressionAsync<string[]>("[...document.querySelectorAll('main *')].filter(e => e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).display !== 'inline').map(e => e.outerHTML.slice(0, 80))"));
                await DrawAsync(page, $"{count}-{scheme}-{width}");
            }
        }
    }

    [Fact]
    public async Task On_paper_and_after_the_end_of_the_application_it_shows_what_it_knew()
    {
        LongTests.SkipUnlessMiddle();
        await using var browser = await Chromium.StartAsync();
        await using var application = await StartAsync(61);
        using var page = await browser.OpenAsync(application.Urls.Single() + "/ports");
        await page.SetViewportAsync(new ViewPortOptions { Width = 1280, Height = 900 });
        await page.EmulateMediaTypeAsync(MediaType.Print);
        Assert.Equal(61, await page.EvaluateExpressionAsync<int>("[...document.querySelectorAll('.port')].filter(p => p.checkVisibility()).length"));
        Assert.Equal(0, await page.EvaluateExpressionAsync<int>("[...document.querySelectorAll('button, input')].filter(p => p.checkVisibility()).length"));
        await DrawAsync(page, "61-print");
        await page.EmulateMediaTypeAsync(MediaType.None);

        await application.StopAsync(Token);
        await page.WaitForSelectorAsync("[data-stale]");
        Assert.Equal(61, await page.EvaluateExpressionAsync<int>("[...document.querySelectorAll('.port')].filter(p => p.checkVisibility()).length"));
        await DrawAsync(page, "61-stale");
    }

    private static async Task DrawAsync(IPage page, string name)
    {
        if (s_folder is { Length: > 0 })
        {
            await page.ScreenshotAsync(Path.Combine(s_folder, name + ".png"));
        }
    }

    /// <summary>An application that does nothing but show a ledger.</summary>
    private static async Task<WebApplication> StartAsync(int count)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = "Development", ApplicationName = "Orders.Backend" });
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var registry = new PortRegistry();
        registry.Open(Enumerable.Range(0, count).Select(i => new PortStatus
        {
            Name = i switch { 0 => "rest", 1 => "oauth", 2 => "mcp", _ => $"worker-{i}" },
            Service = i is 2 ? "rest" : i switch { 0 => "rest", 1 => "oauth", _ => $"worker-{i}" },
            PreferredPort = 8080 + (10 * i),
            Range = new PortRange(8080 + (10 * i), 8089 + (10 * i) + (i == 1 ? 300 : 0)),
            Host = i % 5 == 4 ? "*" : "localhost",
            HealthPath = i % 2 == 0 ? "/health" : null,
            Wave = i % 3,
            ExternalPort = i == 1 ? 443 : null,
        }));
        var states = Enum.GetValues<PortState>();
        for (var i = 0; i < count; i++)
        {
            var name = registry.Ports[i].Name;
            var isFallback = i is 1 or 7;
            if (isFallback)
            {
                registry.Missed(name, "python3 (pid 4711, /usr/bin/python3.11 /home/anna/projects/a-rather-long-path/serve.py, user anna, since 2026-11-26 09:14:02Z)");
            }

            var state = i < 3 ? PortState.Serving : i < 10 ? states[i % states.Length] : PortState.Serving;
            registry.Bring(name, state, registry.Ports[i].PreferredPort + (isFallback ? 3 : 0));
        }

        builder.Services.AddSingleton(registry);
        var application = builder.Build();
        application.MapPortPage();
        await application.StartAsync(Token);
        return application;
    }
}
