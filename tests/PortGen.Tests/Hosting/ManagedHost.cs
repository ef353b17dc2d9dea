using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using PortGen.Tests.Support;

namespace PortGen.Tests.Hosting;

/// <summary>A host of three services, the last of which needs the others. Each sends its name to whoever connects.</summary>
internal sealed class ManagedHost : IAsyncDisposable
{
    private readonly IHost _host;

    private ManagedHost(IHost host) => _host = host;

    public PortRange Range { get; private init; }

    public PortManager Manager => _host.Services.GetRequiredService<PortManager>();

    public IConfiguration Configuration => _host.Services.GetRequiredService<IConfiguration>();

    public IHost Host => _host;

    /// <summary>Settings that may change at any time, whoever reads them meanwhile.</summary>
    public LiveSettings Settings => _host.Services.GetRequiredService<LiveSettings>();

    public TestLog Log => _host.Services.GetRequiredService<TestLog>();

    public Journal Journal => _host.Services.GetRequiredService<Journal>();

    /// <summary>Builds it, on a range of nine ports of which the services prefer the first three.</summary>
    public static ManagedHost Build(params (string Key, string Value)[] settings) => Build(null, settings);

    /// <summary>Builds it with the settings file of a folder.</summary>
    public static ManagedHost BuildIn(TemporaryFolder folder) => Build(folder, []);

    private static ManagedHost Build(TemporaryFolder? folder, (string Key, string Value)[] settings)
    {
        var range = FreePorts.Block(9);
        var manifest = new PortManifest(
            [
                PortServiceDefinition.For<Alpha>([new PortDefinition("alpha") { Port = range.First, Range = range }, new PortDefinition("metrics") { Service = "alpha", Port = range.First + 3 }], []),
                PortServiceDefinition.For<Beta>([new PortDefinition("beta") { Port = range.First + 1, Range = range }], []),
                PortServiceDefinition.For<Gamma>([new PortDefinition("gamma") { Port = range.First + 2, Range = range }], ["alpha", "beta"]),
            ],
            [["alpha", "beta"], ["gamma"]]);
        var builder = Microsoft.Extensions.Hosting.Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["Ports:BindTimeout"] = "0" });
        builder.Configuration.AddInMemoryCollection(settings.ToDictionary(static s => s.Key, static s => (string?)s.Value));
        if (folder is not null)
        {
            builder.Configuration.AddJsonFile(Path.Combine(folder.Path, "appsettings.json"), optional: true, reloadOnChange: false);
        }

        var (live, log) = (new LiveSettings(), new TestLog());
        builder.Configuration.Sources.Add(live);
        builder.Logging.ClearProviders().AddProvider(log).AddFilter("PortGen", LogLevel.Debug);
        builder.Services.AddSingleton(live).AddSingleton(log).AddSingleton<Journal>();
        PortHostBuilderExtensions.AddPortServices(builder, manifest);
        return new ManagedHost(builder.Build()) { Range = range };
    }

    public static async Task<ManagedHost> StartAsync(params (string Key, string Value)[] settings)
    {
        var host = Build(settings);
        await host._host.StartAsync(TestContext.Current.CancellationToken);
        return host;
    }

    /// <summary>What the service on the port says of itself.</summary>
    public static async Task<string> AskAsync(int port)
    {
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), TestContext.Current.CancellationToken);
        return await AnswerAsync(client);
    }

    public static async Task<string> AnswerAsync(Socket client)
    {
        var buffer = new byte[100];
        var count = await client.ReceiveAsync(buffer, TestContext.Current.CancellationToken);
        return System.Text.Encoding.ASCII.GetString(buffer, 0, count);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync(CancellationToken.None);
        await ((IAsyncDisposable)_host).DisposeAsync();
    }

    internal sealed class Alpha(Journal journal) : Speaker("alpha", journal);

    internal sealed class Beta(Journal journal) : Speaker("beta", journal);

    internal sealed class Gamma(Journal journal) : Speaker("gamma", journal);

    internal abstract class Speaker(string name, Journal journal) : BackgroundPortService
    {
        public override async Task StartAsync(PortLease lease, CancellationToken cancellationToken)
        {
            journal.Add(name + " starts");
            await journal.MisbehaveAsync(name, "start", cancellationToken);
            await base.StartAsync(lease, cancellationToken);
        }

        public override async Task StopAsync(CancellationToken cancellationToken)
        {
            journal.Add(name + " stops");
            await journal.MisbehaveAsync(name, "stop", cancellationToken);
            await base.StopAsync(cancellationToken);
        }

        protected override async Task ExecuteAsync(PortLease lease, CancellationToken stoppingToken)
        {
            while (true)
            {
                using var connection = await lease.AcceptAsync(stoppingToken);
                await journal.MisbehaveAsync(name, "run", stoppingToken);
                try
                {
                    await connection.SendAsync(System.Text.Encoding.ASCII.GetBytes(name), CancellationToken.None);
                }
                catch (SocketException)
                {
                    // The client has gone.
                }
            }
        }
    }
}
