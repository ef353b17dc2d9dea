using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using PortGen.Tests.Support;

namespace PortGen.Tests.Hosting;

public sealed class StandaloneLeaseTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_service_serves_on_it_by_both_addresses_and_its_ports_are_free_afterwards()
    {
        int[] numbers;
        await using (var port = StandaloneLease.Listen("echo", "metrics", "admin"))
        {
            var lease = port.Lease;
            numbers = [lease.Port, lease["metrics"].Port, lease["admin"].Port];
            Assert.Equal(3, numbers.Distinct().Count());
            Assert.Same(lease, lease["metrics"]["echo"]);
            Assert.Equal([IPAddress.Loopback, IPAddress.IPv6Loopback], lease.EndPoints.Select(static e => e.Address));
            using var service = new Greeter();
            await service.StartAsync(lease, Token);
            foreach (var address in (string[])["127.0.0.1", "::1"])
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Parse(address), lease.Port, Token);
                using var reader = new StreamReader(client.GetStream());
                Assert.Equal("hello", await reader.ReadLineAsync(Token));
            }

            await service.StopAsync(Token);
            Assert.False(port.Failure.IsCompleted);
        }

        Assert.All(numbers, static n => Assert.True(FreePorts.BecomesFree(n)));
    }

    [Fact]
    public async Task It_has_the_container_that_it_was_given_or_says_how_to_give_one()
    {
        await using var without = StandaloneLease.Listen("echo");
        Assert.Contains("StandaloneLease.Listen(services, name)", Assert.Throws<InvalidOperationException>(() => without.Lease.Services).Message, StringComparison.Ordinal);
        await using var services = new ServiceCollection().AddSingleton("shared").BuildServiceProvider();
        await using var with = StandaloneLease.Listen(services, "echo", "metrics");
        Assert.Equal("shared", with.Lease["metrics"].Services.GetRequiredService<string>());
    }

    [Fact]
    public async Task It_tells_what_a_transport_reports()
    {
        using var port = StandaloneLease.Listen("web");
        port.Lease.ReportServing("https");
        Assert.Equal($"https://localhost:{port.Lease.Port}", port.Lease.Url);
        port.Lease.ReportFailure(new TimeZoneNotFoundException("gone"));
        Assert.Equal("gone", (await port.Failure).Message);
    }

    [Fact]
    public void A_hundred_at_once_have_numbers_of_their_own()
    {
        var ports = Enumerable.Range(0, 100).AsParallel().WithDegreeOfParallelism(8).Select(static _ => StandaloneLease.Listen("a")).ToList();
        Assert.Equal(100, ports.Select(static p => p.Lease.Port).Distinct().Count());
        ports.ForEach(static p => p.Dispose());
    }

    private sealed class Greeter : BackgroundPortService
    {
        protected override async Task ExecuteAsync(PortLease lease, CancellationToken stoppingToken)
        {
            while (true)
            {
                using var connection = await lease.AcceptAsync(stoppingToken);
                await connection.SendAsync("hello\n"u8.ToArray(), stoppingToken);
            }
        }
    }
}
