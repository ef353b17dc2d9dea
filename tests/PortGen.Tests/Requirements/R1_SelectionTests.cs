using System.Net.Sockets;
using CsCheck;
using PortGen.Tests.Support;

namespace PortGen.Tests.Requirements;

public sealed class R1_SelectionTests
{
    // The bounds themselves, what lies around them, and anything.
    private static readonly Gen<int> s_number = Gen.OneOf(
        Gen.OneOf(0, 1, 80, 1015, 1023, 1024, 1025, 65525, 65534, 65535, 65536, 70000, int.MaxValue - 20), Gen.Int[1024, 65535], Gen.Int[0, 100_000]);

    [Fact]
    public async Task P05_Only_ports_1024_to_65535_are_selected() =>
        await Gen.Select(s_number, Gen.Int[-1, 12], Gen.Bool, Gen.Bool, Gen.Bool).SampleAsync(static async (first, width, isRange, isConfigured, isOccupied) =>
        {
            var last = isRange ? first + width : first;
            var isAllowed = (first >= 1024 && last >= first && last <= 65535) || (first == 0 && !isRange);
            var canDeclare = !isRange || (first is >= 1 and <= 65535 && last is >= 1 and <= 65535 && last >= first);
            var declared = new PortDefinition("web");
            string[] args = ["--Ports:BindTimeout=0"];
            if (isConfigured || !canDeclare)
            {
                args = [.. args, isRange ? $"--Ports:web:Range={first}-{last}" : $"--Ports:web:Port={first}"];
            }
            else
            {
                declared = isRange ? declared with { Range = new PortRange(first, last) } : declared with { Port = first };
            }

            using var occupied = isOccupied && first is >= 1024 and <= 65535 && FreePorts.IsFree(first) ? FreePorts.Occupy(first) : null;
            await AssertSelectionAsync(declared, args, isAllowed, first == 0 ? (1024, 65535) : (first, last), occupied);
        }, iter: 100, threads: 1);

    private static async Task AssertSelectionAsync(PortDefinition declared, string[] args, bool isAllowed, (int First, int Last) numbers, Socket? occupied)
    {
        using var folder = new TemporaryFolder();
        try
        {
            await using var host = await RunningHost.StartAsync(Manifests.Of(declared), folder, args);
            Assert.True(isAllowed, $"{host.Ports[0].Port} was selected");
            Assert.InRange(host.Ports[0].Port!.Value, 1024, 65535);
            Assert.InRange(host.Ports[0].Port!.Value, numbers.First, numbers.Last);
            Assert.True(occupied is null || host.Ports[0].Port != numbers.First);
        }
        catch (PortUnavailableException e)
        {
            Assert.True(isAllowed, e.Message);
            Assert.All(Enumerable.Range(numbers.First, numbers.Last - numbers.First + 1), static n => Assert.False(FreePorts.IsFree(n)));
        }
        catch (PortConfigurationException e)
        {
            Assert.False(isAllowed, e.Message);
            Assert.All(e.Errors, static m => Assert.Matches("^PG000[123]: ", m));
        }
    }
}
