using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using PortGen.Services;
using PortGen.Tests.Hosting;
using PortGen.Tests.Support;

namespace PortGen.Tests.Binding;

/// <summary>What somebody who writes a transport has: the public members of a lease, and the manager that finds it.</summary>
public sealed class TransportSeamTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Where_the_service_starts_again_stopping_leaves_clients_in_the_queue()
    {
        await using var host = await ManagedHost.StartAsync();
        var lease = host.Manager.FindLease("metrics")!;
        Assert.False(await lease.StopAcceptingAsync());
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(IPAddress.Loopback, lease.Port, Token);
        using var connection = await lease.AcceptAsync(Token);
        Assert.Equal(client.LocalEndPoint, connection.RemoteEndPoint);
    }

    [Fact]
    public async Task The_scheme_that_a_transport_serves_by_is_in_the_address()
    {
        await using var host = await ManagedHost.StartAsync();
        host.Manager.FindLease("beta")!.ReportServing("https");
        Assert.Equal($"https://localhost:{host.Range.First + 1}", host.Manager.GetPort("beta").Url);
        Assert.Equal(PortState.Serving, host.Manager.GetPort("beta").State);
        Assert.Throws<ArgumentException>(() => host.Manager.FindLease("beta")!.ReportServing("http://"));
        Assert.Throws<ArgumentException>(() => host.Manager.FindLease("beta")!.ReportServing(""));
    }

    [Fact]
    public async Task A_failure_that_a_transport_reports_on_any_port_is_that_of_its_service()
    {
        await using var host = await ManagedHost.StartAsync();
        var lease = host.Manager.FindLease("metrics")!;
        Assert.Same(host.Manager, lease.Services.GetRequiredService<PortManager>());
        Assert.Throws<ArgumentNullException>(() => lease.ReportFailure(null!));
        lease.ReportFailure(new IOException("the test wants it"));
        Assert.Equal(["alpha"], host.Host.Services.GetRequiredService<ServiceFailure>().First!.Services);
        Assert.Equal([PortState.Failed, PortState.Failed], ((string[])["alpha", "metrics"]).Select(n => host.Manager.GetPort(n).State));
    }

    [Fact]
    public void A_lease_of_no_application_says_so()
    {
        using var bound = BindAttempt.Of(Manifests.Port("web", 0));
        var lease = bound.Leases!["web"];
        Assert.Contains("'web' belongs to no application", Assert.Throws<InvalidOperationException>(() => lease.Services).Message, StringComparison.Ordinal);
        Assert.Contains("'web' belongs to no application", Assert.Throws<InvalidOperationException>(() => lease.ReportFailure(new IOException())).Message, StringComparison.Ordinal);
        lease.ReportServing("http");
    }

    [Fact]
    public async Task A_lease_is_found_while_it_is_held()
    {
        await using var host = await ManagedHost.StartAsync();
        Assert.Equal(host.Range.First + 1, host.Manager.FindLease("beta")!.Port);
        await host.Manager.StopServiceAsync("beta", Token);
        Assert.Null(host.Manager.FindLease("beta"));
        Assert.Null(host.Manager.FindLease("nothing"));
    }
}
