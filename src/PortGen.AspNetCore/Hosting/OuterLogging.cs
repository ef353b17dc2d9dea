using Microsoft.Extensions.Logging;

namespace PortGen.Hosting;

/// <summary>The application's logging, as one of the providers of a web service: the service may add others.</summary>
internal sealed class OuterLogging(ILoggerFactory outer) : ILoggerProvider
{
    public ILogger CreateLogger(string categoryName) => outer.CreateLogger(categoryName);

    public void Dispose()
    {
        // The application does.
    }
}
