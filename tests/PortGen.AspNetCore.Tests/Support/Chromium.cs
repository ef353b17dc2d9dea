using PuppeteerSharp;

namespace PortGen.AspNetCore.Tests.Support;

/// <summary>A Chromium without a window, with a profile of its own.</summary>
internal sealed class Chromium : IAsyncDisposable
{
    private static readonly string? s_program = ((string[])["chromium", "chromium-browser", "google-chrome"])
        .SelectMany(static name => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(folder => Path.Combine(folder, name)))
        .FirstOrDefault(File.Exists);

    private readonly DirectoryInfo _profile = Directory.CreateTempSubdirectory("portgen-browser-");
    private IBrowser? _browser;

    /// <summary>Starts it. Skips the test where no Chromium is installed.</summary>
    public static async Task<Chromium> StartAsync()
    {
        Assert.SkipWhen(s_program is null, "no Chromium is installed here");
        var browser = new Chromium();
        browser._browser = await Puppeteer.LaunchAsync(new LaunchOptions
        {
            ExecutablePath = s_program,
            Headless = true,
            UserDataDir = browser._profile.FullName,
            Timeout = 120_000,
            Args =
            [
                "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
            ],
        });
        return browser;
    }

    /// <summary>Opens an address.</summary>
    /// <param name="url">The address.</param>
    /// <param name="scripts">Whether scripts run.</param>
    /// <param name="scheme">The colours that the user prefers: <c>light</c> or <c>dark</c>.</param>
    public async Task<IPage> OpenAsync(string url, bool scripts = true, string scheme = "light")
    {
        var page = await _browser!.NewPageAsync();
        page.DefaultTimeout = 60_000;
        await page.SetJavaScriptEnabledAsync(scripts);
        await page.EmulateMediaFeaturesAsync([new MediaFeatureValue { MediaFeature = MediaFeature.PrefersColorScheme, Value = scheme }]);
        await page.GoToAsync(url);
        return page;
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.CloseAsync();
            await _browser.DisposeAsync();
        }

        _profile.Delete(recursive: true);
    }
}
