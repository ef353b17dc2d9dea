using System.Globalization;
using System.Net;
using System.Net.Sockets;
using PortGen.Tests.Support;

namespace PortGen.Tests.EndToEnd;

/// <summary>As many ports as services, and everybody wants the same ones at the same time.</summary>
public sealed class ManyProcessesTests
{
    private static readonly string[] s_names = ["echo", "time", "shout"];

    [Fact]
    public async Task Of_many_processes_that_share_as_many_ports_as_they_have_services_all_serve_on_the_port_they_report()
    {
        // 30 processes with 3 services each on 90 numbers.
        var processes = LongTests.Count(20, 20, 30);
        for (var round = LongTests.Count(1, 2, 5); round > 0; round--)
        {
            var range = FreePorts.Block(processes * s_names.Length);
            var apps = Enumerable.Range(0, processes).Select(_ => AppProcess.HelloPorts(
                [.. s_names.SelectMany((n, i) => (string[])[$"--Ports:{n}:Range={range}", $"--Ports:{n}:Port={range.First + i}"]), "--Ports:BindTimeout=30"])).ToList();
            try
            {
                var reported = await Task.WhenAll(apps.Select(ReportedPortsAsync));
                Assert.Equal(Enumerable.Range(range.First, range.Count), reported.SelectMany(static p => p).Order());
                foreach (var (app, ports) in apps.Zip(reported))
                {
                    Assert.Equal(ports.Order(), ListeningPorts.Of(app.Id).Order());
                    Assert.Equal("Hello", await AskAsync(ports[0], "Hello"));
                    Assert.StartsWith(DateTime.UtcNow.Year.ToString(CultureInfo.InvariantCulture), await AskAsync(ports[1], ""), StringComparison.Ordinal);
                    Assert.Equal("HELLO", await AskAsync(ports[2], "Hello"));
                }

                apps.ForEach(static a => a.Signal(15));
                Assert.All(await Task.WhenAll(apps.Select(static a => a.WaitForExitAsync())), static code => Assert.Equal(0, code));
                Assert.All(Enumerable.Range(range.First, range.Count), static p => Assert.True(FreePorts.BecomesFree(p)));
            }
            finally
            {
                await Task.WhenAll(apps.Select(static a => a.DisposeAsync().AsTask()));
            }
        }
    }

    private static async Task<int[]> ReportedPortsAsync(AppProcess app) => await Task.WhenAll(s_names.Select(async name =>
    {
        var line = await app.WaitForAsync(name + " serves on port ");
        return int.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture);
    }));

    private static async Task<string?> AskAsync(int port, string line)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port, TestContext.Current.CancellationToken);
        await using var stream = client.GetStream();
        await stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes(line + "\n"), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(stream);
        return await reader.ReadLineAsync(TestContext.Current.CancellationToken);
    }
}
