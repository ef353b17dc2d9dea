using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using PortGen.Services;
using PortGen.Tests.Support;

namespace PortGen.Tests.Hosting;

public sealed class PortHostBuilderTests
{
    private static readonly PortManifest s_web = Manifests.Of(Manifests.Port("web", 0));

    [Fact]
    public void What_is_missing_is_named()
    {
        Assert.Throws<ArgumentNullException>("builder", static () => PortHostBuilderExtensions.AddPortServices(null!, s_web));
        Assert.Throws<ArgumentNullException>("manifest", static () => PortHostBuilderExtensions.AddPortServices(Builder(), null!));
    }

    [Fact]
    public void A_second_manifest_is_refused()
    {
        var builder = Builder();
        PortHostBuilderExtensions.AddPortServices(builder, s_web);
        var e = Assert.Throws<InvalidOperationException>(() => PortHostBuilderExtensions.AddPortServices(builder, s_web));
        Assert.Equal("Port services were added to this host already; one host runs one manifest.", e.Message);
    }

    [Theory]
    [InlineData("--Ports:StopTimeout=60", 65)]
    [InlineData("--Ports:DrainDelay=100", 110)]
    [InlineData("--Ports:StopTimeout=1", 30)]
    [InlineData("--Ports:StopTimeout=nonsense", 30)]
    public void The_host_s_own_limit_is_raised_where_the_services_may_need_longer(string option, int seconds)
    {
        var builder = Builder(option);
        PortHostBuilderExtensions.AddPortServices(builder, s_web);
        using var host = builder.Build();
        Assert.Equal(TimeSpan.FromSeconds(seconds), host.Services.GetRequiredService<IOptions<HostOptions>>().Value.ShutdownTimeout);
    }

    [Fact]
    public async Task Before_the_start_there_is_nothing_to_control()
    {
        var builder = Builder();
        PortHostBuilderExtensions.AddPortServices(builder, s_web);
        using var host = builder.Build();
        var manager = host.Services.GetRequiredService<PortManager>();
        var e = await Assert.ThrowsAsync<InvalidOperationException>(() => manager.StopServiceAsync("web", TestContext.Current.CancellationToken));
        Assert.Equal("The application has not started yet: its services are created and its ports bound when the host starts.", e.Message);
        Assert.Empty(manager.GetStatus());
        Assert.Null(manager.FindLease("web"));
        Assert.False(host.Services.GetRequiredService<ServiceControl>().HasServices);
    }

    private static HostApplicationBuilder Builder(params string[] args) =>
        Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { Args = ["--hostBuilder:reloadConfigOnChange=false", .. args] });
}
