using System.Net;
using PortGen.Binding;
using PortGen.Tests.Support;

namespace PortGen.Tests.Binding;

/// <summary>Numbers that are refused leave no socket. Nothing else runs meanwhile, or its sockets would be counted too.</summary>
[Collection(nameof(ProcessEnvironment))]
public sealed class SocketLeakTests
{
    [Theory]
    [InlineData("managed")]
    [InlineData("native")]
    public void Refused_numbers_leave_no_socket(string way)
    {
        using var holder = FreePorts.Occupy(FreePorts.Block(1).First, IPAddress.IPv6Loopback);
        var port = ((IPEndPoint)holder.LocalEndPoint!).Port;
        var before = OpenSockets.Count();
        for (var round = 0; round < 3; round++)
        {
            using var sockets = new ListenSocket(way == "native" ? ListenProbing.Native : ListenProbing.Managed);
            foreach (var host in (string[])["::1", "localhost", "::1", "localhost", "*"])
            {
                Assert.NotNull(sockets.TryListen(host, port, out var result));
                Assert.All(result.Sockets, static s => Assert.True(s.SafeHandle.IsClosed));
            }

            // One for each address waits for the next number.
            Assert.Equal(before + (way == "native" ? 2 : 0), OpenSockets.Count());
        }

        Assert.Equal(before, OpenSockets.Count());
    }
}
