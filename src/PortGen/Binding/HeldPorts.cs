using System.Net.Sockets;
using PortGen.Platform;

namespace PortGen.Binding;

/// <summary>The numbers that are held while it is settled which port gets which. Asking whether a number is free means holding it from then on.</summary>
/// <param name="probing">How to try numbers after the first conflict.</param>
internal sealed class HeldPorts(ListenProbing probing) : IDisposable
{
    private const int MostTries = 100;

    private readonly Dictionary<int, (string Host, ListenResult Result)> _held = [];

    // By host and number: null where it can be had, the reason where not.
    private readonly Dictionary<string, Dictionary<int, SocketException?>> _answers = new(StringComparer.Ordinal);
    private readonly List<ListenResult> _unwanted = [];
    private readonly ListenSocket _sockets = new(probing);

    /// <summary>How many numbers the system was asked for.</summary>
    public int Attempts { get; private set; }

    /// <summary>Whether the number can be had on the host. A number held on another host is given up for the question.</summary>
    public bool TryHold(string host, int number)
    {
        var answers = AnswersOn(host);
        return answers.TryGetValue(number, out var refusal) ? refusal is null : TryListen(host, number, answers);
    }

    /// <summary>Whether the number is free on the host, or held here on any; without holding it.</summary>
    public bool Look(string host, int number)
    {
        if (_held.ContainsKey(number))
        {
            return true;
        }

        var answers = AnswersOn(host);
        if (!answers.ContainsKey(number) && _sockets.Look(HostAddresses.Of(host), number) is { } refusal)
        {
            Attempts++;
            answers[number] = refusal;
        }

        return !answers.ContainsKey(number);
    }

    /// <summary>Why a number was unavailable; <see langword="null"/> if it was available, or has not been tried since the last <see cref="Clear"/>.</summary>
    public SocketException? RefusalOf(string host, int number) => AnswersOn(host).GetValueOrDefault(number);

    /// <summary>Holds a number that the system chooses; 0 and the reason if it has none.</summary>
    public int HoldAny(string host, out SocketException? refusal)
    {
        for (var tries = 1; ; tries++)
        {
            Attempts++;
            refusal = _sockets.TryListen(HostAddresses.Of(host), 0, out var result);
            if (refusal is not null)
            {
                if (result.Sockets.Count == 0 || tries == MostTries)
                {
                    return 0;
                }

                // Free in the first family only. Kept there until the end, so that the system chooses another next.
                _sockets.TryListen([result.EndPoints[0].Address], result.EndPoints[0].Port, out var half);
                _unwanted.Add(half);
                continue;
            }

            var number = result.EndPoints[0].Port;
            if (_held.TryAdd(number, (host, result)))
            {
                AnswersOn(host)[number] = null;
                return number;
            }

            // Held on another host already. Kept until the end, so that the system chooses another next.
            _unwanted.Add(result);
        }
    }

    /// <summary>Makes sure that the number is held on this very host: where hosts differ, the last question may have been about another.</summary>
    public bool Secure(string host, int number) => (_held.TryGetValue(number, out var held) && held.Host == host) || TryListen(host, number, AnswersOn(host));

    /// <summary>Hands over the sockets on a number that is held.</summary>
    public ListenResult Take(int number)
    {
        _held.Remove(number, out var held);
        return held.Result;
    }

    /// <summary>Lets go of every number that was not taken. Refusals are kept.</summary>
    public void LetGo()
    {
        foreach (var result in _held.Values.Select(static h => h.Result).Concat(_unwanted))
        {
            result.Close();
        }

        _held.Clear();
        _unwanted.Clear();
        foreach (var answers in _answers.Values)
        {
            foreach (var held in answers.Where(static a => a.Value is null).ToList())
            {
                answers.Remove(held.Key);
            }
        }
    }

    /// <summary>Lets go of every number that was not taken, and forgets refusals: by the next question, somebody may have gone.</summary>
    public void Clear()
    {
        LetGo();
        _answers.Clear();
    }

    /// <summary>Lets go of every number that was not taken.</summary>
    public void Dispose()
    {
        LetGo();
        _sockets.Dispose();
    }

    private Dictionary<int, SocketException?> AnswersOn(string host)
    {
        if (!_answers.TryGetValue(host, out var answers))
        {
            _answers.Add(host, answers = []);
        }

        return answers;
    }

    private bool TryListen(string host, int number, Dictionary<int, SocketException?> answers)
    {
        if (_held.Remove(number, out var other))
        {
            other.Result.Close();
        }

        Attempts++;
        var refusal = _sockets.TryListen(HostAddresses.Of(host), number, out var result);
        answers[number] = refusal;
        if (refusal is null)
        {
            _held.Add(number, (host, result));
        }

        return refusal is null;
    }
}
