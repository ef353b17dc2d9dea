using System.Net;
using Microsoft.AspNetCore.Connections;

namespace PortGen.Transport;

/// <summary>Refuses every endpoint that is not a lease, and says what to do instead.</summary>
/// <param name="service">The web service.</param>
internal sealed class ForeignEndPoints(string service) : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    public static string Refusal(string service, string endpoint) =>
        $"Web service '{service}' can't listen on {endpoint}: it serves the ports that PortGen holds for it. "
        + $"Declare another port by [AdditionalPort(\"name\", ...)] and serve it by builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenOnLease(\"name\")).";

    public bool CanBind(EndPoint endpoint) => endpoint is not LeaseEndPoint;

    // Of any other type Kestrel would make one that says "Failed to bind" (ListenLocalhost).
    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) => throw new IOException(Refusal(service, $"{endpoint}"));
}
