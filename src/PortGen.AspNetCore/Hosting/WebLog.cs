using Microsoft.Extensions.Logging;

namespace PortGen.Hosting;

/// <summary>The log messages of this package, with event ids from 60 on.</summary>
internal static partial class WebLog
{
    [LoggerMessage(EventId = 60, Message = "The server of this host is {Server}, which doesn't listen on leases: port {Port} is not held")]
    public static partial void OtherServer(this ILogger logger, LogLevel level, string port, string server);

    [LoggerMessage(EventId = 61, Message = "{Addresses} ({Source}) is ignored: the host listens on port {Port}, as [PortService] declares and Ports:{Port} configures it")]
    public static partial void AddressIgnored(this ILogger logger, LogLevel level, string addresses, string source, string port);
}
