using Microsoft.Extensions.DependencyInjection;
using PortGen.Tests.Support;

namespace PortGen.Tests.Manifest;

public sealed class PortManifestTests
{
    [Fact]
    public void It_has_all_services_waves_and_ports()
    {
        var manifest = new PortManifest([Service("api", "web"), Service("web")], [["web"], ["api"]]);
        Assert.Equal(["api", "web"], manifest.Services.Select(static s => s.Name));
        Assert.Equal(["api", "web"], manifest.Ports.Select(static p => p.Name));
        Assert.Equal([["web"], ["api"]], manifest.Waves);
    }

    [Fact]
    public void Waves_that_are_not_the_services_in_their_order_are_refused()
    {
        Refused("The waves name 'api', which is not a service of the manifest.", [Service("web")], ["web"], ["api"]);
        Refused("Service 'web' needs 'api', which does not start in an earlier wave.", [Service("web", "api"), Service("api")], ["web", "api"]);
        Refused("Service 'web' needs 'api', which does not start in an earlier wave.", [Service("web", "api"), Service("api")], ["web"], ["api"]);
        Refused("The waves start 'web' twice.", [Service("web")], ["web", "web"]);
        Refused("The waves start 'web' twice.", [Service("web")], ["web"], ["web"]);
        Refused("The waves leave out service 'api'.", [Service("web"), Service("api")], ["web"]);
    }

    [Fact]
    public void A_manifest_with_problems_is_refused_whatever_the_settings_say()
    {
        Assert.Empty(new PortManifest([Service("web")], [["web"]]).Problems);
        var manifest = new PortManifest([Service("web")], [["web"]], ["PG1005: Class 'Shop' has no ports", "PG1003: more"]);
        Assert.Equal(["PG1005: Class 'Shop' has no ports", "PG1003: more"], manifest.Problems);
        var refused = Assert.Throws<PortConfigurationException>(() => Plans.Of(manifest));
        Assert.Equal(["PG1005: Class 'Shop' has no ports (from its attribute)", "PG1003: more (from its attribute)"], refused.Errors);
    }

    [Fact]
    public async Task An_application_has_its_own_names_for_the_ports_of_a_library_and_the_library_keeps_its_own()
    {
        var library = PortServiceDefinition.For<LibraryService>(
            [new PortDefinition("server") { Range = FreePorts.Block(2) }, new PortDefinition("metrics") { Service = "server", Range = FreePorts.Block(2) }], ["cache"]);
        var renamed = library.WithNames(["metrics", "gauges"], []);
        Assert.Equal("metrics", renamed.Name);
        Assert.Empty(renamed.DependsOn);
        Assert.Equal([("metrics", "server", "metrics"), ("gauges", "metrics", "metrics")], renamed.Ports.Select(static p => (p.Name, p.DeclaredName, p.Service)));
        Assert.Equal(library.Ports.Select(static p => p.Range), renamed.Ports.Select(static p => p.Range));
        Assert.Throws<ArgumentException>("names", () => library.WithNames(["one"], []));

        await using var application = await PortApplication.StartAsync(new PortManifest([renamed], [["metrics"]]), static host => new RenamedApplication(host), cancellationToken: TestContext.Current.CancellationToken);
        var service = (LibraryService)application.Services.GetService(typeof(LibraryService))!;
        Assert.Equal(application.GetPort("gauges").Port, service.Metrics);
        Assert.Equal(application.GetPort("gauges").Port, service.Gauges);
    }

    [Fact]
    public void What_is_missing_is_named()
    {
        Assert.Throws<ArgumentNullException>("services", () => new PortManifest(null!, []));
        Assert.Throws<ArgumentNullException>("waves", () => new PortManifest([], null!));
        Assert.Throws<ArgumentNullException>("ports", () => PortServiceDefinition.For<Manifests.IdleService>(null!, []));
        Assert.Throws<ArgumentNullException>("dependsOn", () => PortServiceDefinition.For<Manifests.IdleService>([], null!));
        Assert.StartsWith(
            "A service has at least one port.", Assert.Throws<ArgumentException>("ports", static () => PortServiceDefinition.For<Manifests.IdleService>([], [])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>("name", () => new PortDefinition(""));
    }

    [Fact]
    public void A_definition_has_the_attribute_s_defaults()
    {
        var port = new PortDefinition("web");
        Assert.Equal(("web", "web", 0, null, "localhost", true), (port.Name, port.Service, port.Port, port.Range, port.Host, port.Required));
        Assert.Equal((null, null, false), (port.HealthPath, port.DevelopmentPort, port.Primary));
        Assert.Equal("api", new PortDefinition("web") { Service = "api" }.Service);
        var service = new PortServiceAttribute("web");
        Assert.Equal(("web", 0, null, "localhost", true, null, 0, false), (service.Name, service.Port, service.Range, service.Host, service.Required, service.HealthPath, service.DevelopmentPort, service.Primary));
        Assert.Empty(service.DependsOn);
        Assert.Equal(("metrics", "localhost"), (new AdditionalPortAttribute("metrics").Name, new AdditionalPortAttribute("metrics").Host));
        var exported = new ExportedPortAttribute("web", "api", "global::Web", "new()");
        Assert.Equal(("web", "api", "global::Web", "new()", "localhost", true), (exported.Name, exported.Service, exported.Type, exported.Registration, exported.Host, exported.Required));
        Assert.Empty(exported.DependsOn);
    }

    [Fact]
    public void A_service_is_a_singleton_unless_the_application_has_registered_it()
    {
        var definition = Service("web");
        var services = new ServiceCollection();
        definition.Register(services);
        definition.Register(services);
        using var provider = services.BuildServiceProvider();
        Assert.Same(definition.Resolve(provider), provider.GetRequiredService<Manifests.IdleService>());
        Assert.Single(services);
        var own = new Manifests.IdleService();
        var registered = new ServiceCollection().AddSingleton(own);
        definition.Register(registered);
        using var other = registered.BuildServiceProvider();
        Assert.Same(own, definition.Resolve(other));
        Assert.Equal(typeof(Manifests.IdleService), definition.ServiceType);
    }

    private static void Refused(string message, PortServiceDefinition[] services, params string[][] waves) =>
        Assert.Equal(message, Assert.Throws<ArgumentException>(() => new PortManifest(services, waves)).Message);

    private static PortServiceDefinition Service(string name, params string[] dependsOn) =>
        PortServiceDefinition.For<Manifests.IdleService>([new PortDefinition(name)], dependsOn);

    private sealed class RenamedApplication(Microsoft.Extensions.Hosting.IHost host) : PortApplication(host);

    /// <summary>A service whose code knows its ports by the names that its library gave them.</summary>
    private sealed class LibraryService : IPortService
    {
        public int Metrics { get; private set; }

        public int Gauges { get; private set; }

        public Task StartAsync(PortLease lease, CancellationToken cancellationToken)
        {
            Metrics = lease["metrics"].Port;
            Gauges = lease["gauges"].Port;
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
