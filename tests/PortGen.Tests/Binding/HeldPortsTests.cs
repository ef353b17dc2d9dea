using System.Net;
using System.Net.Sockets;
using PortGen.Binding;
using PortGen.Platform;
using PortGen.Tests.Support;

namespace PortGen.Tests.Binding;

public sealed class HeldPortsTests
{
    [Fact]
    public void A_number_that_the_system_chooses_for_one_family_may_be_taken_on_the_other() => OwnNetwork.Run(static () =>
    {
        OwnNetwork.Set("ipv4/ip_local_port_range", "40000 40003");
        var others = Enumerable.Range(40000, 3).Select(static n => FreePorts.Occupy(n, IPAddress.IPv6Loopback)).ToList();
        using var held = new HeldPorts(ListenProbing.Native);
        Assert.Equal(40003, held.HoldAny("localhost", out var refusal));
        Assert.Null(refusal);

        // No number is left at all.
        Assert.Equal(0, held.HoldAny("localhost", out refusal));
        Assert.Equal(SocketError.AddressAlreadyInUse, refusal?.SocketErrorCode);
        others.ForEach(static o => o.Dispose());
    });

    [Fact]
    public void A_number_held_on_another_host_is_not_chosen_again() => OwnNetwork.Run(static () =>
    {
        OwnNetwork.Set("ipv4/ip_local_port_range", "40000 40003");
        using var held = new HeldPorts(ListenProbing.Native);
        var numbers = ((string[])["127.0.0.1", "::1", "127.0.0.2", "127.0.0.3"]).Select(h => held.HoldAny(h, out _)).ToList();
        Assert.Equal([40000, 40001, 40002, 40003], numbers.Order());
    });

    [Fact]
    public void What_is_held_can_be_had()
    {
        var number = FreePorts.Block(1).First;
        using var held = new HeldPorts(ListenProbing.Native);
        Assert.True(held.TryHold("127.0.0.1", number));
        Assert.True(held.Look("127.0.0.1", number));
        Assert.True(held.Look("127.0.0.2", number));
        Assert.True(FreePorts.IsRefused(IPAddress.Loopback, number));
    }

    [Fact]
    public void A_question_on_another_host_gives_the_number_up_there_until_it_is_secured()
    {
        var number = FreePorts.Block(1).First;
        using var held = new HeldPorts(ListenProbing.Native);
        Assert.True(held.TryHold("127.0.0.1", number));
        Assert.True(held.TryHold("::1", number));
        Assert.False(FreePorts.IsRefused(IPAddress.Loopback, number));
        Assert.True(held.Secure("127.0.0.1", number));
        Assert.True(FreePorts.IsRefused(IPAddress.Loopback, number));
        Assert.False(FreePorts.IsRefused(IPAddress.IPv6Loopback, number));

        // Somebody else was quicker.
        Assert.True(held.Secure("::1", number));
        using (FreePorts.Occupy(number))
        {
            Assert.False(held.Secure("127.0.0.1", number));
            Assert.NotNull(held.RefusalOf("127.0.0.1", number));
            Assert.False(held.TryHold("127.0.0.1", number));
        }

        held.Clear();
        Assert.True(held.TryHold("127.0.0.1", number));
        held.Dispose();
        Assert.True(FreePorts.BecomesFree(number));
    }
}
