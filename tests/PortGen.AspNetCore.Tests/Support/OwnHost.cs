using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using PortGen.Tests.Support;

namespace PortGen.AspNetCore.Tests.Support;

/// <summary>A web application whose own host serves the port <c>web</c>, as [PortService] on its entry point has it.</summary>
internal sealed class OwnHost : IAsyncDisposable
{
    private OwnHost(WebApplication application, TestLog log)
    {
        Application = application;
        Log = log;
    }

    public WebApplication Application { get; }

    public TestLog Log { get; }

    public PortStatus Port => Application.Services.GetRequiredService<PortRegistry>().GetPort("web");

    public PortManager Manager => Application.Services.GetRequiredService<PortManager>();

    /// <summary>The manifest: the host's ports first, then other services.</summary>
    public static PortManifest Manifest(IReadOnlyList<PortDefinition> ports, params PortServiceDefinition[] others)
    {
        var host = PortServiceDefinition.ForHost(typeof(OwnHost), ports);
        return new PortManifest([.. others, host], [.. others.Select(static o => (string[])[o.Name]), [host.Name]]);
    }

    /// <summary>Builds it, as <c>Program.cs</c> would.</summary>
    public static OwnHost Build(PortManifest manifest, WebSetup setup, params string[] args)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, EnvironmentName = "Production", ContentRootPath = AppContext.BaseDirectory });
        var log = new TestLog();
        builder.Logging.ClearProviders().SetMinimumLevel(LogLevel.Debug).AddProvider(log);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["Ports:BindTimeout"] = "0", ["Logging:LogLevel:Default"] = "Debug" });
        setup.ConfigureBuilder?.Invoke(builder);
        PortWebHostExtensions.AddPortServices(builder, manifest);
        var application = builder.Build();
        setup.Configure(application);
        return new OwnHost(application, log);
    }

    /// <inheritdoc cref="Build"/>
    public static async Task<OwnHost> StartAsync(PortManifest manifest, WebSetup setup, params string[] args)
    {
        var host = Build(manifest, setup, args);
        await host.Application.StartAsync(TestContext.Current.CancellationToken);
        return host;
    }

    public async ValueTask DisposeAsync()
    {
        await Application.StopAsync(CancellationToken.None);
        await Application.DisposeAsync();
    }
}
