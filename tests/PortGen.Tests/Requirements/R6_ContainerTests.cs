using System.Globalization;
using System.Net;
using System.Net.Sockets;
using CsCheck;
using Microsoft.Extensions.Logging;
using PortGen.Tests.Support;

namespace PortGen.Tests.Requirements;

[Collection(nameof(ProcessEnvironment))]
public sealed class R6_ContainerTests
{
    private static readonly (string Name, string Value)[] s_evidence =
    [
        ("DOTNET_RUNNING_IN_CONTAINER", "true"), ("DOTNET_RUNNING_IN_CONTAINER", "1"), ("CONTAINER", "true"), ("KUBERNETES_SERVICE_HOST", "10.0.0.1"),
    ];

    private static readonly (string Name, string Value)[] s_noEvidence =
    [
        ("DOTNET_RUNNING_IN_CONTAINER", "false"), ("CONTAINER", "0"), ("HOSTNAME", "3f2a9c0d1b7e"),
    ];

    private static readonly Gen<(string Name, string Value)> s_container = Gen.OneOf(s_evidence);

    [Fact]
    public async Task P24_Container_mode_binds_all_interfaces() =>
        await Gen.Select(Gen.OneOf([.. s_evidence, .. s_noEvidence]), Gen.OneOf("localhost", "localhost", "127.0.0.1", "*"), Gen.OneOf<string?>(null, null, "localhost", "127.0.0.1", "*"))
            .SampleAsync(static async (variable, declared, configured) =>
            {
                // Whatever the attribute says of an address is meant; "localhost" is only what everybody starts with.
                var isContainer = s_evidence.Contains(variable);
                var expected = configured ?? (isContainer && declared == "localhost" ? "*" : declared);
                var manifest = Manifests.Of(new PortDefinition("web") { Port = FreePorts.Block(1).First, Host = declared });
                using var environment = new ProcessEnvironment(configured is null ? [variable] : [variable, ("WEB_BIND_INTERFACE", configured)]);
                using var folder = new TemporaryFolder();
                await using var host = await RunningHost.StartAsync(manifest, folder);
                Assert.Equal(expected, host.Ports[0].Host);

                // 127.0.0.2 is an interface's address that "localhost" doesn't have.
                Assert.Equal(expected == "*", await CanConnectAsync("127.0.0.2", host.Ports[0].Port!.Value));
                Assert.True(await CanConnectAsync("127.0.0.1", host.Ports[0].Port!.Value));
            }, iter: 100, threads: 1);

    [Fact]
    public async Task P25_PORT_variables_are_respected_per_service_and_generic() =>
        await Gen.Select(Gen.Int[0, 3].Array[1, 3], Gen.Int[-1, 2], Gen.Int[0, 2], Gen.Nullable(s_container, 0.5)).SampleAsync(static async (own, primary, generic, container) =>
        {
            var block = FreePorts.Block(8);
            PortDefinition[] ports = [.. own.Select((_, i) => new PortDefinition($"s{i}") { Port = block.First + i, Primary = i == primary })];
            var owner = ports.Length == 1 ? ports[0] : ports.FirstOrDefault(static p => p.Primary);

            // {NAME}_PORT: unset, a port, a Kubernetes service link, blank. PORT: unset, a port, a link.
            List<(string, string)> variables = [.. own.Select((kind, i) => ($"S{i}_PORT", Text(kind, block.First + 4 + i)))];
            variables.Add(("PORT", Text(generic, block.Last)));
            if (container is { } evidence)
            {
                variables.Add(evidence);
            }

            using var environment = new ProcessEnvironment(variables.Where(static v => v.Item2.Length > 0));
            using var folder = new TemporaryFolder();
            await using var host = await RunningHost.StartAsync(Manifests.Of(ports), folder);
            var expected = ports.Select((p, i) => own[i] == 1 ? block.First + 4 + i : p == owner && generic == 1 ? block.Last : p.Port);
            Assert.Equal(expected, host.Ports.Select(static p => p.Port!.Value));
            Assert.Equal(owner is null && generic == 1, host.Log.Entries.Any(static e => e is { Level: LogLevel.Warning, Id: 14 }));
            Assert.All(host.Ports, static p => Assert.True(FreePorts.IsRefused(IPAddress.Loopback, p.Port!.Value)));
        }, iter: 100, threads: 1);

    [Fact]
    public async Task P27_Internal_and_external_ports_are_both_logged() =>
        await Gen.Select(Gen.Nullable(Gen.Int[1, 65535], 0.3).Array[1, 3], Gen.Bool, Gen.Nullable(s_container, 0.5)).SampleAsync(static async (external, isOccupied, container) =>
        {
            var block = FreePorts.Block(6);
            PortDefinition[] ports =
            [
                .. external.Select((_, i) => new PortDefinition($"s{i}") { Port = block.First + (2 * i), Range = new PortRange(block.First + (2 * i), block.First + (2 * i) + 1) }),
            ];
            var variables = external.Select(static (e, i) => (Name: $"S{i}_EXTERNAL_PORT", Value: e?.ToString(CultureInfo.InvariantCulture) ?? "")).Where(static v => v.Value.Length > 0);
            using var environment = new ProcessEnvironment(container is { } evidence ? variables.Append(evidence) : variables);
            using var folder = new TemporaryFolder();

            // In a container the port is exact; elsewhere the log has the port that the fallback got.
            using var occupied = isOccupied && container is null ? FreePorts.Occupy(block.First) : null;
            await using var host = await RunningHost.StartAsync(Manifests.Of(ports), folder);
            for (var i = 0; i < ports.Length; i++)
            {
                var port = ports[i].Port + (occupied is not null && i == 0 ? 1 : 0);
                var (id, line) = external[i] is { } outside ? (6, $"s{i} serves on port {port}, outside on port {outside}") : (5, $"s{i} serves on port {port}");
                Assert.Contains((LogLevel.Information, id, line), host.Log.Entries);
                Assert.Equal((port, external[i]), (host.Ports[i].Port, host.Ports[i].ExternalPort));
            }
        }, iter: 100, threads: 1);

    private static string Text(int kind, int port) => kind switch
    {
        1 => port.ToString(CultureInfo.InvariantCulture),
        2 => $"tcp://10.0.0.11:{port}",
        3 => " ",
        _ => "",
    };

    private static async Task<bool> CanConnectAsync(string address, int port)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(IPAddress.Parse(address), port, TestContext.Current.CancellationToken);
            return true;
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
        {
            return false;
        }
    }
}
