extern alias Runtime;

using System.Net;
using System.Net.Sockets;
using BenchmarkDotNet.Attributes;
using Runtime::PortGen.Binding;
using Runtime::PortGen.Platform;

namespace PortGen.Benchmarks.Runtime;

/// <summary>A free port behind so many occupied ones, beside the system calls alone.</summary>
public class OccupiedBenchmarks
{
    private readonly List<Socket> _holders = [];
    private HeldPorts? _held;
    private (int, int) _descriptors;

    [Params(50, 500)]
    public int Occupied { get; set; }

    [GlobalSetup]
    public void Occupy()
    {
        foreach (var number in Enumerable.Range(Plans.First, Occupied))
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.Loopback, number));
            socket.Listen();
            _holders.Add(socket);
        }
    }

    [GlobalCleanup]
    public void Vacate() => _holders.ForEach(static h => h.Dispose());

    [Benchmark(Baseline = true)]
    public void SystemCalls() => _descriptors = BareSockets.ListenOnFirstFree(Plans.First);

    [Benchmark]
    public void PortGen() => Find(ListenProbing.Native);

    [Benchmark]
    public void PortGenManaged() => Find(ListenProbing.Managed);

    [IterationCleanup]
    public void Close()
    {
        BareSockets.Close(_descriptors);
        _descriptors = (-1, -1);
        _held?.Dispose();
    }

    // Who holds the preferred port is looked up beside this, for the warning.
    private void Find(ListenProbing probing)
    {
        _held = new HeldPorts(probing);
        var number = Plans.First;
        while (!_held.TryHold("localhost", number))
        {
            number++;
        }
    }
}
