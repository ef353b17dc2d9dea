using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using PortGen.Tests.Support;

namespace PortGen.AspNetCore.Tests.Support;

/// <summary>A Generic Host with web services, up to three, each set up by the test.</summary>
internal sealed class WebHost : IAsyncDisposable
{
    private readonly IHost _host;

    private WebHost(IHost host) => _host = host;

    public PortManager Manager => _host.Services.GetRequiredService<PortManager>();

    public TestLog Log => _host.Services.GetRequiredService<TestLog>();

    public IHost Host => _host;

    /// <summary>A client that opens a connection for each request.</summary>
    public static HttpClient NewClient(string url) => new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.Zero, UseProxy = false }) { BaseAddress = new Uri(url) };

    /// <summary>Builds it: a service for each port, with the set-up of the same place.</summary>
    public static WebHost Build(IReadOnlyList<PortDefinition> ports, IReadOnlyList<WebSetup> setups, params (string Key, string Value)[] settings) =>
        BuildWith(static _ => { }, ports, setups, settings);

    /// <summary>Builds it, with services of the application's own.</summary>
    public static WebHost BuildWith(
        Action<IServiceCollection> configure, IReadOnlyList<PortDefinition> ports, IReadOnlyList<WebSetup> setups, params (string Key, string Value)[] settings)
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateApplicationBuilder(new HostApplicationBuilderSettings
        {
            DisableDefaults = true,
            EnvironmentName = settings.FirstOrDefault(static s => s.Key == "environment").Value ?? "Production",
        });
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["Ports:BindTimeout"] = "0" });
        builder.Configuration.AddInMemoryCollection(settings.ToDictionary(static s => s.Key, static s => (string?)s.Value));
        var log = new TestLog();
        builder.Logging.ClearProviders().AddProvider(log);
        builder.Services.AddSingleton(log).AddSingleton(setups);
        configure(builder.Services);
        Func<PortDefinition[], PortServiceDefinition>[] definitions =
            [static p => PortServiceDefinition.For<First>(p, []), static p => PortServiceDefinition.For<Second>(p, []), static p => PortServiceDefinition.For<Third>(p, [])];
        var services = setups.Select((s, i) => definitions[i]([.. ports.Where(p => p.Service == ports.Where(static o => o.Service == o.Name).ElementAt(i).Name)])).ToList();
        PortHostBuilderExtensions.AddPortServices(builder, new PortManifest(services, [[.. services.Select(static s => s.Name)]]));
        return new WebHost(builder.Build());
    }

    /// <inheritdoc cref="Build"/>
    public static async Task<WebHost> StartAsync(IReadOnlyList<PortDefinition> ports, IReadOnlyList<WebSetup> setups, params (string Key, string Value)[] settings)
    {
        var host = Build(ports, setups, settings);
        await host._host.StartAsync(TestContext.Current.CancellationToken);
        return host;
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync(CancellationToken.None);
        await ((IAsyncDisposable)_host).DisposeAsync();
    }

    internal sealed class First(IReadOnlyList<WebSetup> setups) : Scripted(setups[0]);

    internal sealed class Second(IReadOnlyList<WebSetup> setups) : Scripted(setups[1]);

    internal sealed class Third(IReadOnlyList<WebSetup> setups) : Scripted(setups[2]);

    internal abstract class Scripted(WebSetup setup) : WebPortService
    {
        protected override void ConfigureBuilder(WebApplicationBuilder builder) => setup.ConfigureBuilder?.Invoke(builder);

        protected override void Configure(WebApplication app) => setup.Configure(app);
    }
}

/// <summary>What a test's web service does.</summary>
internal sealed record WebSetup(Action<WebApplication> Configure, Action<WebApplicationBuilder>? ConfigureBuilder = null);
