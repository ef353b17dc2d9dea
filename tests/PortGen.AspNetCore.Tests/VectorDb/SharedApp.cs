using PortGen.Tests.Support;

namespace PortGen.Tests.VectorDb;

/// <summary>One running sample for the tests that only are its clients; each has stores of its own.</summary>
public sealed class SharedApp : IAsyncDisposable
{
    /// <summary>How long its tokens are good: not what is the default, nor what any settings file says.</summary>
    internal static readonly TimeSpan TokenLifetime = TimeSpan.FromMinutes(13);

    private readonly TemporaryFolder _folder = new();
    private readonly Lazy<Task<(TestNetwork Network, VectorDbApp App)>> _running;

    public SharedApp() => _running = new(async () =>
    {
        var network = await TestNetwork.CreateAsync();
        return (network, await VectorDbApp.StartAsync(network, _folder, ("OAuth__AccessTokenLifetime", TokenLifetime.ToString())));
    });

    internal string Folder => _folder.Path;

    // In the test, not before it: it is the test that is skipped where there is no network to be had.
    internal async Task<VectorDbApp> GetAsync() => (await _running.Value).App;

    /// <summary>Starts something in the network of the sample.</summary>
    internal async Task<T> RunAsync<T>(Func<T> start) => await (await _running.Value).Network.RunAsync(start);

    public async ValueTask DisposeAsync()
    {
        if (_running is { IsValueCreated: true, Value.IsCompletedSuccessfully: true })
        {
            var (network, app) = await _running.Value;
            await app.DisposeAsync();
            await network.DisposeAsync();
        }

        _folder.Dispose();
    }
}
