using System.Net;
using System.Net.Sockets;
using PortGen.Binding;
using PortGen.Platform;
using PortGen.Tests.Support;

namespace PortGen.Tests.Binding;

public sealed class PortLeaseTests
{
    [Fact(Timeout = 120_000)]
    public async Task Clients_queue_while_nobody_accepts()
    {
        var lease = Open("localhost");
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(IPAddress.Loopback, lease.Port, TestContext.Current.CancellationToken);
        using var connection = await lease.AcceptAsync(TestContext.Current.CancellationToken);
        Assert.Equal(client.LocalEndPoint, connection.RemoteEndPoint);
        lease.Release();
    }

    [Fact(Timeout = 120_000)]
    public async Task Many_clients_queue_while_nobody_accepts()
    {
        var lease = Open("127.0.0.1");
        var clients = Enumerable.Range(0, 100).Select(static _ => new TcpClient()).ToList();
        await Task.WhenAll(clients.Select(c => c.ConnectAsync(IPAddress.Loopback, lease.Port, TestContext.Current.CancellationToken).AsTask()))
            .WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        clients.ForEach(static c => c.Dispose());
        lease.Release();
    }

    [Fact(Timeout = 120_000)]
    public async Task A_released_lease_ends_a_waiting_accept_and_frees_the_port()
    {
        var lease = Open("localhost");
        var waiting = lease.AcceptAsync(TestContext.Current.CancellationToken).AsTask();
        lease.Release();
        lease.Release();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => waiting);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => lease.AcceptAsync(TestContext.Current.CancellationToken).AsTask());
        Assert.True(FreePorts.BecomesFree(lease.Port));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_connection_that_was_accepted_but_never_asked_for_is_closed_with_the_lease()
    {
        var lease = Open("localhost");
        using var first = new TcpClient("127.0.0.1", lease.Port);
        using var second = new TcpClient("127.0.0.1", lease.Port);
        using var third = new TcpClient("127.0.0.1", lease.Port);
        using var connection = await lease.AcceptAsync(TestContext.Current.CancellationToken);
        lease.Release();
        foreach (var client in (TcpClient[])[second, third])
        {
            var read = await Record.ExceptionAsync(async () => Assert.Equal(0, await client.GetStream().ReadAsync(new byte[1], TestContext.Current.CancellationToken)));
            Assert.True(read is null or IOException, read?.ToString());
        }
    }

    [Theory]
    [InlineData("localhost", "http://localhost:")]
    [InlineData("*", "http://localhost:")]
    [InlineData("0.0.0.0", "http://localhost:")]
    [InlineData("127.0.0.1", "http://127.0.0.1:")]
    [InlineData("::1", "http://[::1]:")]
    public void The_url_is_one_that_a_client_can_use(string host, string url)
    {
        var lease = Open(host);
        Assert.Equal(url + lease.Port, lease.Url);
        Assert.True(Uri.IsWellFormedUriString(lease.Url, UriKind.Absolute));
        lease.Release();
    }

    [Fact]
    public void Additional_leases_are_found_by_name()
    {
        var (web, metrics) = (Open("localhost", "web"), Open("localhost", "metrics"));
        PortLease.Join([web, metrics]);
        Assert.Same(metrics, web["metrics"]);
        Assert.Same(web, metrics["web"]);
        Assert.Contains("web, metrics", Assert.Throws<KeyNotFoundException>(() => web["nothing"]).Message, StringComparison.Ordinal);
        web.Release();
        metrics.Release();
    }

    [Fact]
    public void A_port_s_definition_finds_its_lease_also_under_the_name_that_an_application_gives_it()
    {
        var web = Open("localhost");
        var renamed = Open("localhost", "acme-metrics");
        renamed.DeclaredName = "metrics";
        PortLease.Join([web, renamed]);
        var metrics = new PortDefinition("metrics") { Service = "web" };
        Assert.Same(renamed, web[metrics]);
        Assert.Same(renamed, web[metrics.Rename("acme-metrics", "web")]);
        Assert.Same(web, renamed[new PortDefinition("web")]);
        Assert.Throws<KeyNotFoundException>(() => web[new PortDefinition("other")]);
        Assert.Throws<ArgumentNullException>(() => web[(PortDefinition)null!]);
        web.Release();
        renamed.Release();
    }

    [Fact]
    public void Its_address_has_the_scheme_that_is_served()
    {
        var lease = Open("localhost");
        Assert.Equal($"http://localhost:{lease.Port}", lease.Url);
        lease.ReportServing("https");
        Assert.Equal($"https://localhost:{lease.Port}", lease.Url);
        lease.ReportServing("http");
        Assert.Equal($"http://localhost:{lease.Port}", lease.Url);
        lease.Release();
    }

    private static PortLease Open(string host, string name = "web")
    {
        Assert.Null(new ListenSocket(ListenProbing.Managed).TryListen(HostAddresses.Of(host), 0, out var result));
        return new PortLease(name, host, new Listener(result));
    }
}
