using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace PortGen.AspNetCore.Tests.Support;

/// <summary>Clients that send one POST after the other on connections that are kept alive. HttpClient sends a lost GET again by itself, a POST never.</summary>
internal sealed class PostLoad : IDisposable
{
    private readonly CancellationTokenSource _ended = new();
    private readonly ConcurrentDictionary<string, int> _failures = new(StringComparer.Ordinal);
    private readonly SocketsHttpHandler _handler = new() { UseProxy = false };
    private readonly HttpClient _client;
    private readonly Task[] _clients;
    private readonly string _body;
    private int _served;

    private PostLoad(string url, Version version, int clients, int pause)
    {
        // Of a large body something is always under way.
        _body = new string('x', version.Major == 1 ? 20 : 40_000);
        _client = new HttpClient(_handler) { BaseAddress = new Uri(url), DefaultRequestVersion = version, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };
        _clients = [.. Enumerable.Range(0, clients).Select(i => Task.Run(() => RunAsync(i, pause)))];
    }

    public int Served => Volatile.Read(ref _served);

    /// <summary>What went wrong, and how often.</summary>
    public IReadOnlyDictionary<string, int> Failures => _failures;

    /// <summary>Begins.</summary>
    /// <param name="url">Where to.</param>
    /// <param name="version">1.1 or 2.0.</param>
    /// <param name="clients">How many at a time.</param>
    /// <param name="pause">The longest pause between two requests of a client, in milliseconds.</param>
    public static PostLoad Start(string url, Version version, int clients, int pause = 3) => new(url, version, clients, pause);

    /// <summary>Waits until so many more are served.</summary>
    public async Task ServeAsync(int more)
    {
        var goal = Served + more;
        while (Served < goal)
        {
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>No client sends another request; waits for those under way.</summary>
    public async Task EndAsync()
    {
        await _ended.CancelAsync();
        await Task.WhenAll(_clients);
    }

    public void Dispose()
    {
        _client.Dispose();
        _handler.Dispose();
    }

    /// <summary>Whether nobody listens any more: the client knows that nothing of its request has arrived.</summary>
    private static bool IsRefusal(HttpRequestException e) => e.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionRefused };

    private async Task RunAsync(int place, int pause)
    {
        var random = new Random(place);
        while (!_ended.IsCancellationRequested)
        {
            try
            {
                using var content = new StringContent(_body);
                using var answer = await _client.PostAsync(new Uri("/", UriKind.Relative), content);
                Count(answer.StatusCode == HttpStatusCode.OK && await answer.Content.ReadAsStringAsync() == "hello" ? null : answer.StatusCode.ToString());
            }
            catch (HttpRequestException e) when (IsRefusal(e))
            {
                return;
            }
            catch (HttpRequestException e)
            {
                Count($"{e.HttpRequestError}: {e.InnerException?.Message ?? e.Message}");
            }

            if (pause > 0 && random.Next(4) == 0)
            {
                await Task.Delay(random.Next(pause + 1));
            }
        }
    }

    private void Count(string? failure)
    {
        if (failure is null)
        {
            Interlocked.Increment(ref _served);
        }
        else
        {
            _failures.AddOrUpdate(failure, 1, static (_, count) => count + 1);
        }
    }
}
