using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using PortGen.Configuration;
using PortGen.Services;
using PortGen.Tests.Support;

namespace PortGen.Tests.Configuration;

public sealed class PortServicesOptionsTests
{
    private static readonly PortManifest s_web = Manifests.Of(Manifests.Port("web", 8080));

    public static TheoryData<string> Times =>
    [
        .. typeof(PortServicesOptions).GetProperties().Where(static p => p.PropertyType == typeof(TimeSpan?)).Select(static p => p.Name),
    ];

    [Fact]
    public void There_is_one_for_each_setting_of_the_application() =>
        Assert.Equal(PortSetting.Globals.Select(static s => s.Key).Order(), typeof(PortServicesOptions).GetProperties().Select(static p => p.Name).Order());

    [Theory]
    [MemberData(nameof(Times))]
    public void A_time_of_the_code_counts_until_the_configuration_says_another(string name)
    {
        var options = new PortServicesOptions();
        Property(name).SetValue(options, TimeSpan.FromSeconds(77));
        Assert.Equal(TimeSpan.FromSeconds(77), Planned(Plans.Of(s_web, options, [])));
        Assert.Equal(TimeSpan.FromSeconds(7), Planned(Plans.Of(s_web, options, new() { ["Ports:" + name] = "7" })));
        Assert.Equal(TimeSpan.Zero, Planned(Plans.Of(s_web, options, new() { ["Ports:" + name] = "0" })));

        // The others stay as they are.
        var without = Plans.Of(s_web);
        Assert.Equal(
            Times.Select(static t => t.Data).Where(t => t != name).Select(t => typeof(PortPlan).GetProperty(t)!.GetValue(without)),
            Times.Select(static t => t.Data).Where(t => t != name).Select(t => typeof(PortPlan).GetProperty(t)!.GetValue(Plans.Of(s_web, options, []))));

        object? Planned(PortPlan plan) => typeof(PortPlan).GetProperty(name)!.GetValue(plan);
    }

    [Theory]
    [MemberData(nameof(Times))]
    public void A_time_is_between_zero_and_a_day(string name)
    {
        var options = new PortServicesOptions();
        Property(name).SetValue(options, TimeSpan.Zero);
        Property(name).SetValue(options, TimeSpan.FromDays(1));
        foreach (var wrong in (TimeSpan[])[TimeSpan.FromTicks(-1), TimeSpan.FromDays(1) + TimeSpan.FromTicks(1), Timeout.InfiniteTimeSpan])
        {
            var refused = Assert.IsType<ArgumentOutOfRangeException>(Assert.Throws<TargetInvocationException>(() => Property(name).SetValue(options, wrong)).InnerException);
            Assert.Equal(name, refused.ParamName);
        }

        Assert.Equal(TimeSpan.FromDays(1), Property(name).GetValue(options));
        Property(name).SetValue(options, null);
        Assert.Null(Property(name).GetValue(options));
    }

    [Theory]
    [InlineData(false, null, false)]
    [InlineData(true, null, true)]
    [InlineData(true, "false", false)]
    [InlineData(false, "true", true)]
    public void A_flag_of_the_code_counts_until_the_configuration_says_otherwise(bool code, string? configured, bool expected)
    {
        var level = configured is null ? new Dictionary<string, string?>() : new() { ["Ports:ForceRestart"] = configured, ["Ports:FreePorts"] = configured };
        var plan = Plans.Of(s_web, new PortServicesOptions { ForceRestart = code, FreePorts = code }, level);
        Assert.Equal((expected, expected), (plan.ForceRestart, plan.FreePorts));
    }

    [Theory]
    [InlineData(null, null, null)]
    [InlineData(" shop ", null, "shop")]
    [InlineData("  ", null, null)]
    [InlineData("shop", "other", "other")]
    [InlineData("shop", "", null)]
    public void A_text_of_the_code_counts_until_the_configuration_says_another_or_none(string? code, string? configured, string? expected)
    {
        var level = configured is null ? new Dictionary<string, string?>() : new() { ["Ports:ReadyFile"] = configured, ["Ports:Application"] = configured };
        var plan = Plans.Of(s_web, new PortServicesOptions { ReadyFile = code, Application = code }, level);
        Assert.Equal((expected, expected), (plan.ReadyFile, plan.Application));
    }

    [Fact]
    public async Task They_reach_the_running_application_and_its_limit_of_the_shutdown()
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Configuration.AddInMemoryCollection([new("Ports:StopTimeout", "40")]);
        PortHostBuilderExtensions.AddPortServices(builder, Manifests.Of(Manifests.Port("web", FreePorts.Block(1).First)), static options =>
        {
            options.StartTimeout = TimeSpan.FromSeconds(99);
            options.StopTimeout = TimeSpan.FromSeconds(98);
            options.DrainDelay = TimeSpan.FromMilliseconds(1);
        });
        builder.Services.Configure<PortServicesOptions>(static options => options.StartTimeout += TimeSpan.FromSeconds(1));
        using var host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        var plan = host.Services.GetRequiredService<ApplicationPorts>().Plan;
        Assert.Equal((100, 40, 1), (plan.StartTimeout.TotalSeconds, plan.StopTimeout.TotalSeconds, plan.DrainDelay.TotalMilliseconds));
        Assert.Equal(TimeSpan.FromMilliseconds(45_001), host.Services.GetRequiredService<IOptions<HostOptions>>().Value.ShutdownTimeout);
        await host.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public void The_limit_of_the_shutdown_has_the_times_of_the_code()
    {
        var options = new PortServicesOptions { StopTimeout = TimeSpan.FromSeconds(100), DrainDelay = TimeSpan.FromSeconds(11) };
        Assert.Equal(TimeSpan.FromSeconds(111), PortPlanner.ShutdownTime(s_web, new ConfigurationBuilder().Build(), Plans.Environment("Production"), options));
        Assert.Equal(TimeSpan.FromSeconds(5), PortPlanner.ShutdownTime(s_web, new ConfigurationBuilder().Build(), Plans.Environment("Production")));
    }

    [Theory]
    [InlineData("https://shop.example.org", true)]
    [InlineData(" https://shop.example.org:8443/api/ ", true)]
    [InlineData("tcp://10.0.0.1:7000", true)]
    [InlineData("HTTP://[::1]:80", true)]
    [InlineData("", true)]
    [InlineData("shop.example.org", false)]
    [InlineData("localhost:8080", false)]
    [InlineData("/api", false)]
    [InlineData("https://", false)]
    [InlineData("https://a b", false)]
    [InlineData("https://shop.example.org?x=1", false)]
    [InlineData("https://shop.example.org#x", false)]
    [InlineData("https://user:secret@shop.example.org", false)]
    [InlineData("file:///tmp/x", false)]
    [InlineData("mailto:a@example.org", false)]
    public void A_public_address_is_a_url_that_a_path_can_follow(string text, bool isValid)
    {
        var error = Record.Exception(() => Assert.Equal(text.Trim() is { Length: > 0 } url ? url : null, Plans.Of(s_web, new Dictionary<string, string?> { ["Ports:web:PublicUrl"] = text }).Ports[0].PublicUrl));
        Assert.Equal(isValid, error is null);
        if (!isValid)
        {
            Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"'{text}' is not an address"), Assert.IsType<PortConfigurationException>(error).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_free_port_is_mapped_nowhere()
    {
        var plan = Plans.Of(s_web, new Dictionary<string, string?> { ["Ports:web:ExternalPort"] = "80", ["Ports:web:PublicUrl"] = "https://shop.example.org", ["Ports:FreePorts"] = "true" });
        Assert.Equal((80, "https://shop.example.org"), (plan.Ports[0].ExternalPort, plan.Ports[0].PublicUrl));
        var free = plan.For(HostPorts.Held).Ports[0];
        Assert.Equal((0, null, null), (free.Port, free.ExternalPort, free.PublicUrl));
    }

    private static PropertyInfo Property(string name) => typeof(PortServicesOptions).GetProperty(name)!;
}
