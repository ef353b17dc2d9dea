using System.Net;
using System.Net.Sockets;

namespace PortGen.Binding;

/// <summary>The numbers that are held while it is settled which port gets which. Asking whether a number is free means holding it from then on.</summary>
/// <param name="probing">How to try numbers after the first conflict.</param>
internal sealed class HeldPorts(ListenProbing probing) : IDisposable
{
    private readonly Dictionary<int, (string Host, ListenResult Result)> _held = [];
    private readonly Dictionary<(string Host, int Number), SocketException> _refusals = [];
    private readonly HashSet<(string Host, int Number)> _granted = [];
    private readonly List<ListenResult> _unwanted = [];
    private readonly ListenSocket _sockets = new(probing);

    /// <summary>How many numbers the system was asked for.</summary>
    public int Attempts { get; private set; }

    /// <summary>Why numbers were not to be had, since the last <see cref="Forget"/>.</summary>
    public IReadOnlyDictionary<(string Host, int Number), SocketException> Refusals => _refusals;

    /// <summary>Whether the number can be had on the host. A number held on another host is given up for the question.</summary>
    public bool TryHold(string host, int number) => _granted.Contains((host, number)) || TryListen(host, number);

    /// <summary>Holds a number that the system chooses; 0 and the reason if it has none.</summary>
    public int HoldAny(string host, out SocketException? refusal)
    {
        while (true)
        {
            Attempts++;
            refusal = _sockets.TryListen(host, 0, out var result);
            if (refusal is not null)
            {
                return 0;
            }

            var number = ((IPEndPoint)result.Sockets[0].LocalEndPoint!).Port;
            if (_held.TryAdd(number, (host, result)))
            {
                _granted.Add((host, number));
                return number;
            }

            // Held on another host already. Kept until the end, so that the system chooses another next.
            _unwanted.Add(result);
        }
    }

    /// <summary>Makes sure that the number is held on this very host: where hosts differ, the last question may have been about another.</summary>
    public bool Secure(string host, int number) => (_held.TryGetValue(number, out var held) && held.Host == host) || TryListen(host, number);

    /// <summary>Hands over the sockets on a number that is held.</summary>
    public ListenResult Take(int number)
    {
        _held.Remove(number, out var held);
        return held.Result;
    }

    /// <summary>Forgets refusals: by now, somebody may have gone.</summary>
    public void Forget() => _refusals.Clear();

    /// <summary>Lets go of every number that was not taken.</summary>
    public void Dispose()
    {
        foreach (var result in _held.Values.Select(static h => h.Result).Concat(_unwanted))
        {
            result.Close();
        }

        _held.Clear();
        _unwanted.Clear();
        _granted.Clear();
        _sockets.Dispose();
    }

    private bool TryListen(string host, int number)
    {
        if (_refusals.ContainsKey((host, number)))
        {
            return false;
        }

        if (_held.Remove(number, out var other))
        {
            other.Result.Close();
        }

        Attempts++;
        if (_sockets.TryListen(host, number, out var result) is { } refusal)
        {
            _granted.Remove((host, number));
            _refusals.Add((host, number), refusal);
            return false;
        }

        _held.Add(number, (host, result));
        _granted.Add((host, number));
        return true;
    }
}
