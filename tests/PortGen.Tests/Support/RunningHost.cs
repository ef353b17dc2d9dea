using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using PortGen.Hosting;

namespace PortGen.Tests.Support;

/// <summary>A real host with port services that reads its configuration from where an application does.</summary>
internal sealed class RunningHost : IAsyncDisposable
{
    private readonly IHost _host;

    private RunningHost(IHost host, TestLog log)
    {
        _host = host;
        Log = log;
    }

    public TestLog Log { get; }

    public IReadOnlyList<PortStatus> Ports => _host.Services.GetRequiredService<PortRegistry>().Ports;

    /// <summary>Starts it in the Production environment.</summary>
    /// <param name="manifest">The services.</param>
    /// <param name="folder">The content root, with the settings files.</param>
    /// <param name="args">The command line, which may name another environment.</param>
    public static async Task<RunningHost> StartAsync(PortManifest manifest, TemporaryFolder folder, params string[] args)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings
        {
            ContentRootPath = folder.Path,
            Args = ["--hostBuilder:reloadConfigOnChange=false", "--environment", "Production", .. args],
        });
        var log = new TestLog();
        builder.Logging.ClearProviders().SetMinimumLevel(LogLevel.Debug).AddProvider(log);
        PortHostBuilderExtensions.AddPortServices(builder, manifest);
        var running = new RunningHost(builder.Build(), log);
        try
        {
            await running._host.StartAsync(TestContext.Current.CancellationToken);
            return running;
        }
        catch
        {
            await running.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _host.Services.GetRequiredService<PortHostedService>().CloseAsync();
        await ((IAsyncDisposable)_host).DisposeAsync();
    }
}
