using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using PortGen.Tests.Support;

namespace PortGen.Tests.VectorDb;

/// <summary>A network of a test's own, so that the sample can have the ports that it declares whoever else runs. Skips the test where there can be none.</summary>
/// <remarks>A process and a socket belong to the network of the thread that makes them: so one thread there makes them all.</remarks>
internal sealed class TestNetwork : IAsyncDisposable
{
    private readonly BlockingCollection<Action> _work = [];
    private readonly TaskCompletionSource _entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _thread;

    private TestNetwork() => _thread = Task.Factory.StartNew(() => OwnNetwork.Run(Work), TaskCreationOptions.LongRunning);

    public static async Task<TestNetwork> CreateAsync()
    {
        var network = new TestNetwork();
        await await Task.WhenAny(network._entered.Task, network._thread);
        return network;
    }

    /// <summary>Does something in the network that is over without waiting.</summary>
    public async Task<T> RunAsync<T>(Func<T> function)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        _work.Add(() =>
        {
            try
            {
                done.SetResult(function());
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
        });
        return await done.Task;
    }

    /// <summary>A client of the servers in the network, whatever name a URL has for them.</summary>
    public HttpClient CreateClient() => new(new SocketsHttpHandler
    {
        UseProxy = false,
        ConnectCallback = ConnectAsync,
        Expect100ContinueTimeout = TimeSpan.FromSeconds(20),
    });

    public async ValueTask DisposeAsync()
    {
        _work.CompleteAdding();
        await _thread;
        _work.Dispose();
    }

    private void Work()
    {
        _entered.SetResult();
        foreach (var action in _work.GetConsumingEnumerable())
        {
            action();
        }
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var socket = await RunAsync(static () => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true });
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, context.DnsEndPoint.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
