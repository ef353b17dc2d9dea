using System.Net;
using System.Net.Sockets;
using CsCheck;
using Microsoft.Extensions.Logging;
using PortGen.Tests.Support;

namespace PortGen.Tests.Requirements;

/// <summary>R1: what happens when a port is in use, on real sockets of this process and of another.</summary>
public sealed class R1_ConflictTests : IAsyncLifetime
{
    private static readonly Gen<string> s_name = OneOf("web", "rest-api", "m1");

    private static readonly Gen<Crowd> s_crowd = Gen
        .Select(Gen.Shuffle(Enumerable.Range(0, 12).ToArray()), Gen.Int[1, 4], Gen.Int[0, 6].Array[8], Gen.Bool.Array[12], OneOf("localhost", "127.0.0.1", "*", "0.0.0.0"), Gen.Int[0, 2])
        .Select(static (order, count, widths, occupied, host, idle) => new Crowd(order[..count], widths, occupied, host, Math.Min(idle, count - 1)));

    private readonly PortRange _block = FreePorts.Block(12);
    private AppProcess _other = null!;

    private enum Hold
    {
        None,
        Listener,
        OtherProcess,
        Connection,
        BoundOnly,
    }

    // The middle of the block belongs to another process, on both families of localhost.
    private PortRange Others => new(_block.First + 4, _block.First + 8);

    public async ValueTask InitializeAsync()
    {
        _other = AppProcess.TestAppOn(Others);
        await _other.WaitForAsync("Application started");
    }

    public ValueTask DisposeAsync() => _other.DisposeAsync();

    [Fact]
    public void P01_A_port_in_use_is_detected_and_logged_with_service_port_interface_and_holder() =>
        Gen.Select(s_name, OneOf("localhost", "127.0.0.1", "::1", "*", "0.0.0.0"), Gen.Enum<Hold>(), Gen.Int[0, 4]).Sample((name, host, hold, index) =>
        {
            var (port, holder, sockets) = Occupy(hold, index);
            var isHeld = hold is not Hold.None && (host != "::1" || hold is Hold.OtherProcess);
            using var attempt = BindAttempt.Of(new PortDefinition(name) { Port = port, Host = host });
            var warnings = attempt.Log.Entries.Where(static e => e.Id is 1 or 2).ToList();
            Assert.Equal(isHeld ? 1 : 0, warnings.Count);
            Assert.All(warnings, static w => Assert.Equal((LogLevel.Warning, 1), (w.Level, w.Id)));
            Assert.All(warnings, w => Assert.StartsWith($"Port {port} of {name} on {host} is in use by {holder}", w.Text, StringComparison.Ordinal));
            Assert.Equal(isHeld, attempt.Registry.GetPort(name).HeldBy is not null);
            Assert.Equal(isHeld ? null : (int?)port, attempt.Leases?[name].Port);
            sockets.ForEach(static s => s.Dispose());
        }, iter: 100, threads: 1);

    [Fact]
    public void P03_An_exhausted_range_names_service_range_tries_and_holders() =>
        Gen.Select(s_name, OneOf("localhost", "127.0.0.1", "*", "0.0.0.0"), Gen.Int[0, 11], Gen.Int[0, 11], Gen.Int[0, 11]).Sample((name, host, one, two, preferred) =>
        {
            var range = new PortRange(_block.First + Math.Min(one, two), _block.First + Math.Max(one, two));
            var numbers = Enumerable.Range(range.First, range.Count).ToLookup(Others.Contains);
            var sockets = numbers[false].Select(FreePorts.Occupy).ToList();
            using var attempt = BindAttempt.Of(new PortDefinition(name) { Port = range.First + (preferred % range.Count), Range = range, Host = host });
            Assert.NotNull(attempt.Error);
            var tried = range.Count == 1 ? $"port {range} on {host} was tried; " : $"all {range.Count} ports of {range} on {host} were tried; ";
            Assert.StartsWith($"PG3001: No port available for '{name}': {tried}", attempt.Error.Message, StringComparison.Ordinal);
            AssertTold(attempt.Error.Message, [.. numbers[false]], "this process");
            AssertTold(attempt.Error.Message, [.. numbers[true]], $"PortGen.TestApp (pid {_other.Id}, ");
            sockets.ForEach(static s => s.Dispose());

            // With one of them free there is nothing to tell.
            using var second = numbers[false].Any() ? BindAttempt.Patiently(new PortDefinition(name) { Port = range.First, Range = range, Host = host }) : null;
            Assert.Null(second?.Error);
        }, iter: 100, threads: 1);

    [Fact]
    public void P02_Fallback_takes_the_next_free_port() => s_crowd.Sample(static crowd =>
    {
        using var attempt = crowd.Bind();
        var planned = Plans.Of(Manifests.Of(crowd.Ports)).Ports;
        var numbers = crowd.Ports.Select(p => attempt.Leases?[p.Name].Port ?? 0).ToList();
        if (crowd.NextFree() is { } expected)
        {
            Assert.Equal(expected, numbers);
        }
        else if (ReferenceMatching.Size(planned, (_, n) => crowd.IsFree(n)) < planned.Count)
        {
            Assert.NotNull(attempt.Error);
        }
        else
        {
            // Taken in turn, the next free ports leave somebody without one; then others make room, and no more of them than must.
            Assert.Equal(BestAssignment.Of(planned, (_, n) => crowd.IsFree(n)), BestAssignment.Score(planned, numbers));
            Assert.All(planned.Zip(numbers), pair => Assert.True(pair.First.Range!.Value.Contains(pair.Second) && crowd.IsFree(pair.Second)));
            Assert.Equal(numbers.Count, numbers.Distinct().Count());
        }

        Assert.All(attempt.Leases?.Values ?? [], static l => Assert.True(FreePorts.IsRefused(IPAddress.Loopback, l.Port)));
    }, iter: 100, threads: 1);

    [Fact]
    public void P04_A_fallback_is_logged_with_the_actual_port() => s_crowd.Sample(static crowd =>
    {
        using var attempt = crowd.Bind();
        var moved = crowd.Ports.Where(p => attempt.Leases is not null && attempt.Leases[p.Name].Port != p.Port).ToList();
        Assert.Equal(
            moved.Select(p => (LogLevel.Warning, 3, $"{p.Name} falls back to port {attempt.Leases![p.Name].Port} instead of {p.Port}")),
            attempt.Log.Entries.Where(static e => e.Id == 3));
        var held = attempt.Log.Entries.Where(static e => e.Id == 4).ToList();
        Assert.Equal(attempt.Leases?.Count ?? 0, held.Count);
        Assert.All(attempt.Leases?.Values ?? [], l => Assert.Single(held, e => e.Text.StartsWith($"{l.Name} holds port {l.Port} ({l.EndPoints[0]}", StringComparison.Ordinal)));

        // First what was in the way, then where it went.
        var told = attempt.Log.Entries.ToList();
        Assert.All(moved, p => Assert.InRange(told.FindIndex(e => e.Id == 1 && e.Text.StartsWith($"Port {p.Port} of {p.Name} ", StringComparison.Ordinal)), 0, told.FindIndex(static e => e.Id == 3)));
    }, iter: 100, threads: 1);

    private static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static void AssertTold(string message, List<int> numbers, string holder)
    {
        var runs = numbers.Where(n => !numbers.Contains(n - 1)).Select(n => new PortRange(n, Enumerable.Range(n, 13).First(m => !numbers.Contains(m + 1))));
        var told = $"; {string.Join(", ", runs)} in use by {holder}";
        Assert.Equal(numbers.Count > 0, message.Contains(numbers.Count > 0 ? told : holder, StringComparison.Ordinal));
    }

    private (int Port, string Holder, List<Socket> Sockets) Occupy(Hold hold, int index)
    {
        var port = FreePorts.Block(1).First;
        switch (hold)
        {
            case Hold.Listener:
                return (port, "this process", [FreePorts.Occupy(port)]);
            case Hold.OtherProcess:
                return (Others.First + index, $"PortGen.TestApp (pid {_other.Id}, /", []);
            case Hold.Connection:
                var server = FreePorts.Occupy(port);
                var client = OtherSockets.Connect(server.LocalEndPoint!);
                return (((IPEndPoint)client.LocalEndPoint!).Port, $"a connection to 127.0.0.1:{port} of this process", [server, client]);
            case Hold.BoundOnly:
                return (port, "a socket that is bound and doesn't listen", [OtherSockets.Bind(port)]);
            default:
                return (port, "", []);
        }
    }
}
