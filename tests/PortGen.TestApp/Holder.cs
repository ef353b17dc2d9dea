using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace PortGen.TestApp;

/// <summary>A small program that listens on ports and takes its time to stop: <c>hold 9101,9102 now</c>, <c>50</c> (milliseconds) or <c>never</c>.</summary>
internal static class Holder
{
    public static int Run(string ports, string stop)
    {
        using var stopping = new ManualResetEventSlim();
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
        {
            context.Cancel = true;
            stopping.Set();
        });
        var listeners = ports.Split(',').Select(static p => new TcpListener(IPAddress.Loopback, int.Parse(p, CultureInfo.InvariantCulture))).ToList();
        listeners.ForEach(static l => l.Start());
        Console.Out.WriteLine("holding");
        stopping.Wait();
        Thread.Sleep(stop switch { "now" => 0, "never" => Timeout.Infinite, _ => int.Parse(stop, CultureInfo.InvariantCulture) });
        listeners.ForEach(static l => l.Stop());
        return 0;
    }
}
