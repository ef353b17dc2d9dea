using System.ComponentModel;
using System.Reflection;

namespace PortGen.Tests.Hosting;

public sealed class RunningPortTests
{
    [Fact]
    public void It_is_the_port_as_it_is_at_the_moment_of_asking()
    {
        var registry = new PortRegistry();
        registry.Open([new PortStatus { Name = "web", Service = "web", PreferredPort = 8080, Host = "localhost", Scheme = "http", ExternalPort = 443 }]);
        var port = new RunningPort(registry, "web");
        var error = Assert.Throws<InvalidOperationException>(() => port.Port);
        Assert.Equal("Port 'web' has no number: it is pending. Ask Status whether a port is held.", error.Message);
        Assert.Throws<InvalidOperationException>(() => port.Url);
        Assert.Throws<InvalidOperationException>(() => port.PublicUrl);
        Assert.Equal(("web", "web, not held", PortState.Pending), (port.Name, port.ToString(), port.State));
        registry.Bound("web", 8081, DateTimeOffset.UnixEpoch);
        Assert.Equal((8081, "http://localhost:8081", "http://localhost:443", PortState.Bound), (port.Port, port.Url, port.PublicUrl, port.State));
        Assert.Equal(("web on 8081", 8081), (port.ToString(), port.Status.Port));
        registry.Released("web");
        Assert.Contains("it is released", Assert.Throws<InvalidOperationException>(() => port.Port).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_only_generated_code_calls_is_not_offered_while_one_types()
    {
        Type[] hidden = [typeof(PortManifest), typeof(PortServiceDefinition), typeof(ExportedPortAttribute), typeof(PortHostBuilderExtensions), typeof(IHostServer), typeof(HostPorts)];
        Assert.Equal(
            hidden.Select(static t => t.Name).Order(),
            typeof(PortLease).Assembly.GetExportedTypes().Where(IsHidden).Select(static t => t.Name).Order());
        Assert.Equal(
            ["GetRunningPort", "RunAsync", "Start", "StartAsync"],
            typeof(PortApplication).GetMethods(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)
                .Where(IsHidden).Select(static m => m.Name).Order());
    }

    private static bool IsHidden(MemberInfo member) => member.GetCustomAttribute<EditorBrowsableAttribute>()?.State == EditorBrowsableState.Never;
}
