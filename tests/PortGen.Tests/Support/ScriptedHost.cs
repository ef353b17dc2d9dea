using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using PortGen.Instances;
using PortGen.Platform;

namespace PortGen.Tests.Support;

/// <summary>A host of up to twelve services, s0 to s11, which do what the journal has for them and write down what they do.</summary>
internal sealed class ScriptedHost : IAsyncDisposable
{
    private static readonly Func<PortDefinition[], string[], PortServiceDefinition>[] s_definitions =
    [
        PortServiceDefinition.For<S0>, PortServiceDefinition.For<S1>, PortServiceDefinition.For<S2>, PortServiceDefinition.For<S3>,
        PortServiceDefinition.For<S4>, PortServiceDefinition.For<S5>, PortServiceDefinition.For<S6>, PortServiceDefinition.For<S7>,
        PortServiceDefinition.For<S8>, PortServiceDefinition.For<S9>, PortServiceDefinition.For<S10>, PortServiceDefinition.For<S11>,
    ];

    private readonly TemporaryFolder _folder = new();

    private ScriptedHost(IReadOnlyList<PortDefinition> ports, IReadOnlyList<int[]> needs, (string Key, string Value)[] settings)
    {
        var services = needs.Select((n, i) => s_definitions[i]([.. ports.Where(p => p.Service == $"s{i}")], [.. n.Select(static d => $"s{d}")])).ToList();
        var order = new SortedDictionary<string, IReadOnlyList<string>>(services.ToDictionary(static s => s.Name, static s => s.DependsOn), StringComparer.Ordinal);
        var builder = Microsoft.Extensions.Hosting.Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true, ContentRootPath = _folder.Path });
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["Ports:BindTimeout"] = "0", ["Ports:Application"] = _folder.Path });
        builder.Configuration.AddInMemoryCollection(settings.ToDictionary(static s => s.Key, static s => (string?)s.Value));
        builder.Logging.ClearProviders().AddProvider(Log);
        builder.Services.AddSingleton(Journal);
        PortHostBuilderExtensions.AddPortServices(builder, new PortManifest(services, StartupOrder.Of(order).Waves));
        Host = builder.Build();
    }

    public IHost Host { get; }

    public Journal Journal { get; } = new();

    public TestLog Log { get; } = new();

    public IReadOnlyList<PortStatus> Ports => Host.Services.GetRequiredService<PortRegistry>().Ports;

    public PortManager Manager => Host.Services.GetRequiredService<PortManager>();

    /// <summary>The instance files of this host alone, one with its control socket: no other has its id.</summary>
    public IReadOnlyList<string> InstanceFiles
    {
        get
        {
            var name = InstanceFileName.Of(InstanceSelf.Describe(new ApplicationIdentity("", _folder.Path), ProcessTable.System), 0).ToString();
            var folder = Path.Combine(Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR")!, "portgen");
            return Directory.Exists(folder) ? Directory.GetFiles(folder, name[..name.LastIndexOf('-')] + "-*").DistinctBy(static f => Path.GetFileNameWithoutExtension(f)).ToArray() : [];
        }
    }

    /// <summary>Builds it. A port is tried once, unless the settings say more.</summary>
    /// <param name="ports">The ports; the own port of the service i is named si.</param>
    /// <param name="needs">For each service those that it needs.</param>
    /// <param name="settings">The configuration.</param>
    public static ScriptedHost Build(IReadOnlyList<PortDefinition> ports, IReadOnlyList<int[]> needs, params (string Key, string Value)[] settings) =>
        new(ports, needs, settings);

    /// <summary>As the generated code does: what fails to start is disposed of, and nobody stops it.</summary>
    /// <returns>Why it did not start; <see langword="null"/> if it did.</returns>
    public async Task<Exception?> StartAsync(CancellationToken cancellationToken)
    {
        var failure = await Record.ExceptionAsync(() => Host.StartAsync(cancellationToken));
        if (failure is not null)
        {
            await ((IAsyncDisposable)Host).DisposeAsync();
        }

        return failure;
    }

    public async ValueTask DisposeAsync()
    {
        await ((IAsyncDisposable)Host).DisposeAsync();
        _folder.Dispose();
    }

    internal sealed class S0(Journal journal) : Actor("s0", journal);

    internal sealed class S1(Journal journal) : Actor("s1", journal);

    internal sealed class S2(Journal journal) : Actor("s2", journal);

    internal sealed class S3(Journal journal) : Actor("s3", journal);

    internal sealed class S4(Journal journal) : Actor("s4", journal);

    internal sealed class S5(Journal journal) : Actor("s5", journal);

    internal sealed class S6(Journal journal) : Actor("s6", journal);

    internal sealed class S7(Journal journal) : Actor("s7", journal);

    internal sealed class S8(Journal journal) : Actor("s8", journal);

    internal sealed class S9(Journal journal) : Actor("s9", journal);

    internal sealed class S10(Journal journal) : Actor("s10", journal);

    internal sealed class S11(Journal journal) : Actor("s11", journal);

    internal abstract class Actor(string name, Journal journal) : IPortService, IDisposable
    {
        public async Task StartAsync(PortLease lease, CancellationToken cancellationToken)
        {
            journal.Add(name + " starts");
            await journal.MisbehaveAsync(name, "start", cancellationToken);
            journal.Add(name + " started");
        }

        public async Task StopAsync(CancellationToken cancellationToken)
        {
            journal.Add(name + " stops");
            await journal.MisbehaveAsync(name, "stop", cancellationToken);
            journal.Add(name + " stopped");
        }

        public void Dispose() => journal.Add(name + " disposed");
    }
}
