using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using PortGen.Tests.Hosting;
using PortGen.Tests.Support;

namespace PortGen.Tests.Requirements;

/// <summary>Looks at a host's ledger all the time, compares it with itself and with what really listens, and keeps a copy by the changes that it is told.</summary>
internal sealed class LedgerWatch
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private readonly ManagedHost _host;
    private readonly ConcurrentDictionary<string, PortStatus> _copy = [];
    private readonly CancellationTokenSource _end = new();
    private readonly Task _watching;

    public LedgerWatch(ManagedHost host)
    {
        _host = host;
        foreach (var status in host.Manager.GetStatus())
        {
            _copy[status.Name] = status;
        }

        host.Host.Services.GetRequiredService<PortRegistry>().Changed += (_, status) => _copy[status.Name] = status;
        _watching = Task.Run(WatchAsync);
    }

    /// <summary>Ends the watch, with what it has found.</summary>
    public async Task EndAsync()
    {
        await _end.CancelAsync();
        await _watching.WaitAsync(s_patience);
    }

    /// <summary>When nothing happens any more, the ledger is what listens: no more, no less.</summary>
    public async Task AssertSettledAsync(int except)
    {
        var ledger = _host.Manager.GetStatus();
        AssertConsistent(ledger);
        Assert.Equal(ledger, ledger.Select(s => _copy[s.Name]));
        foreach (var status in ledger.Where(static s => s.Port is not null))
        {
            Assert.True(await ListensAsync(status), status.ToString());
        }

        var others = Enumerable.Range(_host.Range.First, _host.Range.Count).Where(n => n != except && ledger.All(s => s.Port != n));
        Assert.All(others, static n => Assert.True(FreePorts.BecomesFree(n)));
    }

    private static void AssertConsistent(IReadOnlyList<PortStatus> ledger)
    {
        Assert.Equal(["alpha", "metrics", "beta", "gamma"], ledger.Select(static s => s.Name));
        Assert.All(ledger, static s =>
        {
            // One that has just failed still has its port for a moment.
            Assert.True(s.State == PortState.Failed || s.State is PortState.Bound or PortState.Serving == s.Port is not null, s.ToString());
            Assert.Equal(s.Port is null, s.AllocatedAt is null);
        });
        var numbers = ledger.Select(static s => s.Port).Where(static n => n is not null).ToList();
        Assert.Equal(numbers.Count, numbers.Distinct().Count());
    }

    private async Task WatchAsync()
    {
        for (var look = 0; !_end.IsCancellationRequested; look++)
        {
            var ledger = _host.Manager.GetStatus();
            AssertConsistent(ledger);
            var status = ledger[look % ledger.Count];
            if (status.State is PortState.Bound or PortState.Serving && !await ListensAsync(status))
            {
                // It did until something happened, and then the ledger is about to change too.
                Assert.True(SpinWait.SpinUntil(() => _host.Manager.GetPort(status.Name) != status, s_patience), $"{status} doesn't listen");
            }
        }
    }

    private static async Task<bool> ListensAsync(PortStatus status)
    {
        // It looks all the time: closed by a reset, its connections don't linger in the system by the ten thousand, where every search for a holder reads them.
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { LingerState = new LingerOption(true, 0) };
        try
        {
            using var patience = new CancellationTokenSource(s_patience);
            await client.ConnectAsync(new IPEndPoint(IPAddress.Loopback, status.Port!.Value), patience.Token);
            if (status.State == PortState.Serving && status.Name == status.Service)
            {
                return await AnswerAsync(client) == status.Service;
            }

            client.Shutdown(SocketShutdown.Both);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    // Whoever connects at the very moment of a close is forgotten by Linux (6.18) and not told, and learns it when it sends something: a reset.
    private static async Task<string> AnswerAsync(Socket client)
    {
        var buffer = new byte[100];
        for (var isAsking = false; ; isAsking = true)
        {
            using var patience = new CancellationTokenSource(isAsking ? s_patience : s_patience / 10);
            try
            {
                if (isAsking)
                {
                    await client.SendAsync(buffer.AsMemory(0, 1), patience.Token);
                }

                var count = await client.ReceiveAsync(buffer, patience.Token);
                return System.Text.Encoding.ASCII.GetString(buffer, 0, count);
            }
            catch (OperationCanceledException) when (!isAsking)
            {
            }
        }
    }
}
