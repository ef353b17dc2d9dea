using System.Net;
using System.Net.Sockets;
using CsCheck;
using PortGen.Tests.Support;

namespace PortGen.Tests.Requirements;

/// <summary>R6: the end of a process that is told to stop.</summary>
public sealed class R6_ShutdownTests
{
    private const string Running = "Application started";

    private static readonly string[] s_names = ["echo", "time", "shout"];

    private static readonly Gen<(string Moment, int Clients, int Talk)> s_case = Gen.Select(
        Gen.OneOf("echo holds port", "echo serves on", "time serves on", "shout serves on", Running, Running, Running, Running), Gen.Int[1, 4], Gen.Int[0, 30]);

    // Eight processes at once: while they drain, they need no time of the machine.
    [Fact]
    public async Task P28_SIGTERM_drains_stops_in_reverse_releases_and_exits_0() =>
        await s_case.Array[8].SampleAsync(static cases => Task.WhenAll(cases.Select(static c => AssertEndsWellAsync(c.Moment, c.Clients, c.Talk))), iter: LongTests.Count(1, 13, 13), threads: 1);

    private static async Task AssertEndsWellAsync(string moment, int clients, int talk)
    {
        var ports = FreePorts.Block(3);
        await using var app = AppProcess.HelloPorts([.. s_names.Select((n, i) => $"--Ports:{n}:Port={ports.First + i}"), "--Ports:DrainDelay=1"]);
        await app.WaitForAsync(moment);
        if (moment == Running)
        {
            await AssertDrainsAsync(app, ports, clients, talk);
        }
        else
        {
            app.Signal(15);
        }

        Assert.Equal(0, await app.WaitForExitAsync());
        Assert.Empty(app.Errors);
        Assert.DoesNotContain("   at ", app.Output, StringComparison.Ordinal);
        Assert.All(Enumerable.Range(ports.First, 3), static p => Assert.True(FreePorts.BecomesFree(p)));

        // Each one that served has stopped, the last first: a port is released once its service has.
        var released = s_names.Where(n => app.Output.Contains(n + " serves on", StringComparison.Ordinal)).Reverse().Select(n => app.Output.IndexOf(n + " has released port", StringComparison.Ordinal)).ToList();
        Assert.All(released, static at => Assert.NotEqual(-1, at));
        Assert.Equal(released.Order(), released);
    }

    private static async Task AssertDrainsAsync(AppProcess app, PortRange ports, int clients, int talk)
    {
        var open = new List<Conversation>();
        for (var i = 0; i < clients; i++)
        {
            open.Add(await Conversation.OpenAsync(i % 2 == 0 ? ports.First : ports.Last));
        }

        for (var i = 0; i < talk; i++)
        {
            await open[i % clients].TalkAsync();
        }

        app.Signal(15);
        await app.WaitForAsync("Draining for 1 s");

        // Everything still works, for those who are there and for those who come.
        foreach (var conversation in open)
        {
            await conversation.TalkAsync();
        }

        open.Add(await Conversation.OpenAsync(ports.Last));
        await open[^1].TalkAsync();
        Assert.DoesNotContain("has released", app.Output, StringComparison.Ordinal);
        await app.WaitForExitAsync();
        open.ForEach(static c => c.Dispose());
    }

    private sealed class Conversation(TcpClient client) : IDisposable
    {
        private readonly StreamReader _reader = new(client.GetStream());

        public static async Task<Conversation> OpenAsync(int port)
        {
            var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, port, TestContext.Current.CancellationToken);
            return new Conversation(client);
        }

        public async Task TalkAsync()
        {
            await client.GetStream().WriteAsync("Are you there?\n"u8.ToArray(), TestContext.Current.CancellationToken);
            Assert.Equal("Are you there?", await _reader.ReadLineAsync(TestContext.Current.CancellationToken), ignoreCase: true);
        }

        public void Dispose()
        {
            _reader.Dispose();
            client.Dispose();
        }
    }
}
