using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using PortGen.AspNetCore.Tests.Support;
using PortGen.Tests.Support;

namespace PortGen.AspNetCore.Tests.Hosting;

public sealed class SharedServiceTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_singleton_of_the_application_is_the_same_object_in_each_web_application_and_outlives_them()
    {
        var block = FreePorts.Block(2);
        var setup = new WebSetup(
            static app => app.MapPost("/", static (Counter counter) => ++counter.Value),
            static builder => builder.Services.AddSharedSingleton<Counter>());
        await using var host = WebHost.BuildWith(
            static s => s.AddSingleton<Counter>(), [new PortDefinition("one") { Port = block.First }, new PortDefinition("two") { Port = block.Last }], [setup, setup]);
        await host.Host.StartAsync(Token);
        Assert.Equal(["1", "2", "3"], [await PostAsync(block.First), await PostAsync(block.Last), await PostAsync(block.First)]);
        await host.Manager.RestartServiceAsync("one", Token);
        Assert.Equal("4", await PostAsync(block.First));
        Assert.False(host.Host.Services.GetRequiredService<Counter>().IsDisposed);
    }

    [Theory]
    [InlineData("none", "The application has no Counter to share: register it where the application is built, builder.Services.AddSingleton<Counter>().")]
    [InlineData("scoped", "Counter can't be shared, because the application has it as a scoped or transient service: register it as a singleton.")]
    [InlineData("transient", "Counter can't be shared, because the application has it as a scoped or transient service: register it as a singleton.")]
    public async Task What_is_not_a_singleton_of_the_application_is_refused(string kind, string message)
    {
        await using var host = WebHost.BuildWith(
            services => _ = kind switch { "scoped" => services.AddScoped<Counter>(), "transient" => services.AddTransient<Counter>(), _ => services },
            [new PortDefinition("one") { Port = FreePorts.Block(1).First }],
            [new WebSetup(static _ => { }, static builder => builder.Services.AddSharedSingleton<Counter>())]);
        Assert.Contains(message, (await Assert.ThrowsAsync<PortServiceStartException>(() => host.Host.StartAsync(Token))).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Elsewhere_it_says_where_it_belongs() => Assert.Contains(
        "call it in ConfigureBuilder, on builder.Services",
        Assert.Throws<InvalidOperationException>(static () => WebApplication.CreateBuilder().Services.AddSharedSingleton<Counter>()).Message,
        StringComparison.Ordinal);

    private static async Task<string> PostAsync(int port)
    {
        using var client = WebHost.NewClient($"http://127.0.0.1:{port}");
        using var response = await client.PostAsync("/", null, Token);
        return await response.Content.ReadAsStringAsync(Token);
    }

    private sealed class Counter : IDisposable
    {
        public int Value { get; set; }

        public bool IsDisposed { get; private set; }

        public void Dispose() => IsDisposed = true;
    }
}
