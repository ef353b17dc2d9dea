namespace PortGen.Hosting;

/// <summary>
/// Stops the services when the container is disposed, unless they have stopped before: the Generic Host stops nothing when one of its hosted
/// services fails to start. It is created after the services, so the container disposes of it before them.
/// </summary>
internal sealed class PortGuard : IAsyncDisposable, IDisposable
{
    private PortHostedService? _service;

    public void Protect(PortHostedService service) => _service = service;

    public async ValueTask DisposeAsync()
    {
        if (_service is not null)
        {
            await _service.CloseAsync().ConfigureAwait(false);
        }
    }

    public void Dispose() => _service?.Dispose();
}
