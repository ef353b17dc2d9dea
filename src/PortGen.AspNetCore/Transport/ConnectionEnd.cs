using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;

namespace PortGen.Transport;

/// <summary>
/// Lets clients leave in time. From the moment a web host is told to stop, each response of HTTP/1.1 says that its connection ends: a client that knew nothing
/// would send its next request into the connection that is just being closed, and must not send a POST twice. A connection of HTTP/2 is marked, see <see cref="Linger"/>.
/// </summary>
internal sealed class ConnectionEnd(LeaseSource leases, IHostApplicationLifetime lifetime) : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => application =>
    {
        application.Use((context, rest) =>
        {
            if (HttpProtocol.IsHttp11(context.Request.Protocol))
            {
                context.Response.OnStarting(EndAsync, context);
            }
            else if (context.Features.Get<IConnectionItemsFeature>() is { } connection)
            {
                connection.Items[Linger.Mark] = true;
            }

            return rest(context);
        });
        next(application);
    };

    private Task EndAsync(object context)
    {
        if (leases.IsEnding || lifetime.ApplicationStopping.IsCancellationRequested)
        {
            ((HttpContext)context).Response.Headers.Connection = "close";
        }

        return Task.CompletedTask;
    }
}
