using PortGen.Tests.Support;

namespace PortGen.Tests.Configuration;

/// <summary>Applications that the configuration could be for.</summary>
internal static class FuzzManifests
{
    public static readonly IReadOnlyList<PortManifest> All =
    [
        Manifests.Of(new PortDefinition("web")),
        Manifests.Of(new PortDefinition("web") { Port = 8080, Range = new PortRange(8080, 8090) }),
        Manifests.Of(new PortDefinition("web") { Port = 8080, DevelopmentPort = 18080 }, new PortDefinition("api") { Port = 8081 }),
        Manifests.Of(
            new PortDefinition("web") { Port = 8080, Range = new PortRange(8080, 8090), Primary = true, HealthPath = "/up" },
            new PortDefinition("api") { Port = 8085, Range = new PortRange(8081, 8091), DevelopmentPort = 65530 },
            new PortDefinition("metrics") { Range = new PortRange(8082, 8084), Required = false, Host = "*" }),
        new PortManifest(
            [
                PortServiceDefinition.For<Manifests.IdleService>(
                    [new PortDefinition("web") { Port = 8080 }, new PortDefinition("metrics") { Service = "web", Range = new PortRange(8080, 8100) }], []),
                PortServiceDefinition.For<Manifests.IdleService>([new PortDefinition("api") { Range = new PortRange(8081, 8100), Host = "::1" }], ["web"]),
            ],
            [["web"], ["api"]]),
        Manifests.Of([.. Enumerable.Range(0, 12).Select(static i => new PortDefinition($"s{i}") { Port = 8080 + i, Range = new PortRange(8080, 8099) })]),
    ];
}
