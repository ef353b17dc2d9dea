using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using CsCheck;
using Microsoft.Win32.SafeHandles;
using PortGen.Binding;
using PortGen.Instances;
using PortGen.Tests.Support;

namespace PortGen.Tests.Binding;

public sealed class HandedPortTests
{
    [Theory]
    [InlineData("localhost", 9101, "9101-9110", 9101, true)]
    [InlineData("localhost", 9101, "9101-9110", 9102, true)]
    [InlineData("localhost", 9105, "9101-9110", 9102, false)]
    [InlineData("localhost", 9105, "9101-9110", 9105, true)]
    [InlineData("localhost", 0, "9101-9110", 9102, true)]
    [InlineData("localhost", 9101, "9101-9110", 9111, false)]
    [InlineData("localhost", 0, null, 40000, true)]
    [InlineData("127.0.0.1", 9101, "9101-9110", 9101, false)]
    [InlineData("*", 9101, "9101-9110", 9101, false)]
    public void It_fits_where_the_plan_listens_to_and_allows_the_number_unless_the_preference_has_changed(string host, int preferred, string? range, int number, bool fits)
    {
        var plan = Plans.Of(Manifests.Of(new PortDefinition("echo") { Port = preferred, Range = PortRange.TryParse(range, out var numbers) ? numbers : null, Host = host }));
        using var handed = new HandedPort("echo", "localhost", number, 9101, []);
        Assert.Equal(fits, handed.Fits(plan.Ports[0]));
        Assert.False(handed.Fits(plan.Ports[0] with { IsHeld = false }));
    }

    [Fact]
    public void What_is_written_is_read_with_its_sockets_and_whatever_else_comes_leaves_none_open()
    {
        var listening = Enumerable.Range(0, 3).Select(static _ => Listen()).ToList();
        try
        {
            var ports = listening.Select(static (s, i) => new HandedPort($"p{i}", "localhost", ((IPEndPoint)s.LocalEndPoint!).Port, i, [s])).ToList();
            var line = HandOverMessage.Write(HandOverMessage.Ports, ports: ports, hasMore: true);
            var (kind, _, json) = HandOverMessage.Read(line);
            var read = HandedPort.Read(json, Copies(listening));
            Assert.Equal(HandOverMessage.Ports, kind);
            Assert.Equal(ports.Select(static p => (p.Name, p.Host, p.Number, p.Preferred, 1)), read.Select(static p => (p.Name, p.Host, p.Number, p.Preferred, p.Sockets.Count)));
            foreach (var port in read)
            {
                port.Dispose();
            }

            // Fewer or more sockets than it says, other numbers, no numbers, no list.
            foreach (var (text, count) in new[]
            {
                (line, 2), (line.Replace("\"sockets\":1", "\"sockets\":2", StringComparison.Ordinal), 3), (line.Replace("\"sockets\":1", "\"sockets\":0", StringComparison.Ordinal), 3),
                (line.Replace("\"port\":", "\"port\":\"x\",\"p\":", StringComparison.Ordinal), 3), (line.Replace("\"name\"", "\"nam\"", StringComparison.Ordinal), 3),
                ("{\"version\":1,\"message\":\"ports\"}", 3), ("{\"version\":1,\"message\":\"ports\",\"ports\":7}", 3), ("{\"version\":1,\"message\":\"ports\",\"ports\":[7]}", 3),
            })
            {
                var handles = Copies(listening.Take(count));
                Assert.Throws<JsonException>(() => HandedPort.Read(HandOverMessage.Read(text).Json, handles));
                Assert.All(handles, static h => Assert.True(h.IsClosed));
            }

            var wrong = Copies(listening);
            Assert.Empty(HandedPort.Read(HandOverMessage.Read(string.Concat(line.Select(static c => c is >= '1' and <= '8' ? (char)(c + 1) : c)).Replace("\"version\":2", "\"version\":1", StringComparison.Ordinal).Replace("\"sockets\":2", "\"sockets\":1", StringComparison.Ordinal)).Json, wrong));
            Assert.All(wrong, static h => Assert.True(h.IsClosed));
        }
        finally
        {
            listening.ForEach(static s => s.Dispose());
        }
    }

    [Fact]
    public void A_message_of_another_version_or_of_none_is_refused_and_no_text_does_more() => Gen.Select(Gen.String, Gen.Int[0, 5]).Sample((text, kind) =>
    {
        var line = kind switch
        {
            0 => text,
            1 => "{" + text + "}",
            2 => "{\"version\":2,\"message\":\"ready\"}",
            3 => $"{{\"version\":1,\"message\":{JsonSerializer.Serialize(text)}}}",
            4 => "[]",
            _ => "{\"version\":\"1\",\"message\":\"ready\"}",
        };
        var error = Record.Exception(() => Assert.Equal(text, HandOverMessage.Read(line).Kind));
        Assert.True(kind == 3 ? error is null : error is JsonException, $"{line}: {error}");
    }, iter: 1000);

    private static Socket Listen()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        socket.Listen();
        return socket;
    }

    // Not the sockets themselves: whoever reads owns what he gets.
    private static List<SafeFileHandle> Copies(IEnumerable<Socket> sockets) => [.. sockets.Select(static s => new SafeFileHandle(Duplicate((int)s.SafeHandle.DangerousGetHandle()), ownsHandle: true))];

    [System.Runtime.InteropServices.DllImport("libc", EntryPoint = "dup")]
    private static extern int Duplicate(int descriptor);
}
