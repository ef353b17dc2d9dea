using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;
using PortGen.Configuration;
using PortGen.Platform;

namespace PortGen.Binding;

/// <summary>A port that one process hands over to another, with its listening sockets.</summary>
/// <param name="Name">The port's name.</param>
/// <param name="Host">The host as configured.</param>
/// <param name="Number">The port number.</param>
/// <param name="Preferred">The number that the giver prefers; 0 for none.</param>
/// <param name="Sockets">The listening sockets, one for each address.</param>
internal sealed record HandedPort(string Name, string Host, int Number, int Preferred, IReadOnlyList<Socket> Sockets) : IDisposable
{
    /// <summary>Writes what is said of the sockets that go with one message.</summary>
    public static void Write(Utf8JsonWriter json, IEnumerable<HandedPort> ports)
    {
        json.WriteStartArray("ports");
        foreach (var port in ports)
        {
            json.WriteStartObject();
            json.WriteString("name", port.Name);
            json.WriteString("host", port.Host);
            json.WriteNumber("port", port.Number);
            json.WriteNumber("preferred", port.Preferred);
            json.WriteNumber("sockets", port.Sockets.Count);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>Reads it, and adopts the sockets. What is not a listening socket on the port that it is said to be is closed, and the port left out.</summary>
    /// <exception cref="JsonException">The message is not one of these, or has other sockets than it says. All are closed.</exception>
    public static IReadOnlyList<HandedPort> Read(JsonElement message, IReadOnlyList<SafeFileHandle> descriptors)
    {
        var ports = new List<HandedPort>();
        var adopted = new List<Socket>();
        var next = 0;
        try
        {
            foreach (var port in message.GetProperty("ports").EnumerateArray())
            {
                var number = port.GetProperty("port").GetInt32();
                var sockets = new List<Socket>();
                var isWhole = true;
                for (var count = port.GetProperty("sockets").GetInt32(); count > 0; count--)
                {
                    if (next == descriptors.Count)
                    {
                        throw new JsonException("There are fewer sockets than the message says.");
                    }

                    if (HandedSocket.Adopt(descriptors[next++], number) is { } socket)
                    {
                        sockets.Add(socket);
                        adopted.Add(socket);
                    }
                    else
                    {
                        isWhole = false;
                    }
                }

                var handed = new HandedPort(port.GetProperty("name").GetString()!, port.GetProperty("host").GetString()!, number, port.GetProperty("preferred").GetInt32(), sockets);
                if (isWhole && sockets.Count > 0)
                {
                    ports.Add(handed);
                }
                else
                {
                    handed.Dispose();
                }
            }

            return next == descriptors.Count ? ports : throw new JsonException("There are more sockets than the message says.");
        }
        catch (Exception e) when (e is InvalidOperationException or KeyNotFoundException or FormatException or JsonException)
        {
            adopted.ForEach(static s => s.Dispose());
            foreach (var descriptor in descriptors.Skip(next))
            {
                descriptor.Dispose();
            }

            throw e as JsonException ?? new JsonException(e.Message, e);
        }
    }

    /// <summary>
    /// Whether a port of the plan can have the sockets: they listen where it wants to, and the number is one that it may have. If the preference has changed since, it
    /// would rather have that.
    /// </summary>
    public bool Fits(PlannedPort port) => port.IsHeld && port.Host == Host
        && (port.Range?.Contains(Number) ?? port.Port is 0)
        && (port.Port == Number || port.Port == Preferred || port.Port == 0)
        && Sockets.All(s => HostAddresses.Of(port.Host).Contains(((IPEndPoint)s.LocalEndPoint!).Address));

    /// <summary>What a lease is made of.</summary>
    public ListenResult ToListening() => new([.. Sockets], [.. Sockets.Select(static s => (IPEndPoint)s.LocalEndPoint!)], []);

    /// <summary>Closes the sockets here; the other process keeps its own.</summary>
    public void Dispose()
    {
        foreach (var socket in Sockets)
        {
            socket.Dispose();
        }
    }
}
