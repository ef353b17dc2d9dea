using System.Net;
using System.Net.Sockets;

namespace PortGen.AspNetCore.Tests.Support;

/// <summary>Clients that send one POST after the other on connections that are kept alive. HttpClient sends a lost GET again by itself, a POST never.</summary>
internal sealed class PostLoad : Load, IDisposable
{
    private readonly SocketsHttpHandler _handler = new() { UseProxy = false };
    private readonly HttpClient _client;
    private readonly string _body;
    private readonly int _pause;

    private PostLoad(string url, Version version, int clients, int pause)
    {
        // Of a large body something is always under way.
        _body = new string('x', version.Major == 1 ? 20 : 40_000);
        _client = new HttpClient(_handler) { BaseAddress = new Uri(url), DefaultRequestVersion = version, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };
        _pause = pause;
        Begin(clients);
    }

    /// <summary>Begins.</summary>
    /// <param name="url">Where to.</param>
    /// <param name="version">1.1 or 2.0.</param>
    /// <param name="clients">How many at a time.</param>
    /// <param name="pause">The longest pause between two requests of a client, in milliseconds.</param>
    public static PostLoad Start(string url, Version version, int clients, int pause = 3) => new(url, version, clients, pause);

    public void Dispose()
    {
        _client.Dispose();
        _handler.Dispose();
    }

    /// <summary>Whether nobody listens any more: the client knows that nothing of its request has arrived.</summary>
    private static bool IsRefusal(HttpRequestException e) => e.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionRefused };

    protected override async Task RunAsync(int client)
    {
        var random = new Random(client);
        while (!IsEnded)
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

            if (_pause > 0 && random.Next(4) == 0)
            {
                await Task.Delay(random.Next(_pause + 1));
            }
        }
    }
}
