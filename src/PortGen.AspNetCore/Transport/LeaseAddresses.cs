using System.Collections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;

namespace PortGen.Transport;

/// <summary>
/// The addresses of a Kestrel that listens on leases, as the host logs and shows them: those of leases first, as clients write them, then whatever else it
/// listens on. Nobody can add one, so neither URLs of the configuration nor of code come in between, and Kestrel has nothing to override.
/// </summary>
internal sealed class LeaseAddresses : IServerAddressesFeature, ICollection<string>
{
    private readonly LeaseSource _leases;
    private readonly ICollection<string> _bound;
    private readonly bool _isOfTest;

    private LeaseAddresses(LeaseSource leases, ICollection<string> bound, bool isOfTest)
    {
        _leases = leases;
        _bound = bound;
        _isOfTest = isOfTest;
    }

    /// <inheritdoc/>
    public ICollection<string> Addresses => this;

    /// <inheritdoc/>
    public bool PreferHostingUrls { get; set; }

    /// <inheritdoc/>
    public int Count => Urls().Count;

    /// <inheritdoc/>
    public bool IsReadOnly => true;

    /// <summary>Puts the addresses in the place of the server's own.</summary>
    /// <param name="server">The server.</param>
    /// <param name="leases">Where it finds its leases.</param>
    /// <param name="isOfTest">Whether the system chooses the ports: then whoever says another address is not told, since WebApplicationFactory does so at any moment.</param>
    /// <returns>What code had added to those, and now doesn't count.</returns>
    public static IReadOnlyList<string> Install(IServer server, LeaseSource leases, bool isOfTest = false)
    {
        var own = server.Features.Get<IServerAddressesFeature>()?.Addresses ?? throw new InvalidOperationException("Kestrel has no list of its addresses.");
        string[] added = [.. own];
        own.Clear();
        server.Features.Set<IServerAddressesFeature>(new LeaseAddresses(leases, own, isOfTest));
        return added;
    }

    /// <inheritdoc/>
    public bool Contains(string item) => Urls().Contains(item);

    /// <inheritdoc/>
    public void CopyTo(string[] array, int arrayIndex) => Urls().CopyTo(array, arrayIndex);

    /// <inheritdoc/>
    public IEnumerator<string> GetEnumerator() => Urls().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    void ICollection<string>.Add(string item) => Refuse(item);

    void ICollection<string>.Clear() => Refuse("");

    bool ICollection<string>.Remove(string item)
    {
        Refuse(item);
        return false;
    }

    /// <summary>The number of an address; 0 where it has none.</summary>
    public static int PortOf(string address)
    {
        try
        {
            return BindingAddress.Parse(address).Port;
        }
        catch (FormatException)
        {
            return 0;
        }
    }

    /// <summary>The scheme by which Kestrel has bound a port; <see langword="null"/> where it has not.</summary>
    public static string? SchemeOf(IEnumerable<string> bound, int port) => bound.FirstOrDefault(a => PortOf(a) == port)?.Split(':')[0];

    // Kestrel has one address of each lease, of the family that comes first.
    private List<string> Urls()
    {
        string[] bound = [.. _bound];
        var leases = _leases.Wanted.Select(_leases.TryFind).OfType<PortLease>().ToList();
        return
        [
            .. leases.Select(l => SchemeOf(bound, l.Port) is { } scheme ? scheme + l.Url[l.Url.IndexOf("://", StringComparison.Ordinal)..] : null).OfType<string>(),
            .. bound.Where(a => !leases.Exists(l => l.Port == PortOf(a))),
        ];
    }

    // Before the server has bound there is nothing to change.
    private void Refuse(string address)
    {
        if (_leases.IsPublished && !_isOfTest)
        {
            throw new NotSupportedException(
                $"Address '{address}' can't be added or removed: this server listens on the ports that PortGen holds. Declare another by [AdditionalPort], or listen by ConfigureKestrel.");
        }
    }
}
