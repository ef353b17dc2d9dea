using System.Net;

namespace PortGen.Transport;

/// <summary>A port by its name: Kestrel's options are evaluated before any port is bound.</summary>
internal sealed class LeaseEndPoint(string name) : EndPoint
{
    public string Name => name;

    public override string ToString() => "lease " + name;
}
