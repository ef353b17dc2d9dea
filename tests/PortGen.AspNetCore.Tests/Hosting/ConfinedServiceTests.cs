using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using PortGen.AspNetCore.Tests.Support;
using PortGen.Tests.Support;

namespace PortGen.AspNetCore.Tests.Hosting;

/// <summary>A web service listens on its leases, has its own secrets and settings, and answers nobody before it is complete.</summary>
public sealed class ConfinedServiceTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string> Elsewhere => ["app.Urls", "Listen", "UseUrls is not seen"];

    [Theory]
    [MemberData(nameof(Elsewhere))]
    public async Task Another_endpoint_is_refused_in_words_that_say_what_to_do(string how)
    {
        var block = FreePorts.Block(2);
        var setup = new WebSetup(
            app =>
            {
                if (how == "app.Urls")
                {
                    app.Urls.Add($"http://127.0.0.1:{block.Last}");
                }
            },
            builder =>
            {
                switch (how)
                {
                    case "Listen":
                        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenLocalhost(block.Last));
                        break;
                    case "UseUrls is not seen":
                        builder.WebHost.UseUrls($"http://127.0.0.1:{block.Last}").PreferHostingUrls(true);
                        break;
                }
            });
        await using var host = WebHost.Build([new PortDefinition("rest") { Port = block.First }], [setup]);
        if (how.EndsWith("seen", StringComparison.Ordinal))
        {
            await host.Host.StartAsync(Token);
            Assert.Equal(PortState.Serving, host.Manager.GetPort("rest").State);
            Assert.True(FreePorts.IsFree(block.Last));
            return;
        }

        var failure = await Assert.ThrowsAsync<PortServiceStartException>(() => host.Host.StartAsync(Token));
        Assert.Contains($"Web service 'rest' can't listen on", failure.Message, StringComparison.Ordinal);
        Assert.Contains($"{block.Last}", failure.Message, StringComparison.Ordinal);
        Assert.Contains("[AdditionalPort(", failure.Message, StringComparison.Ordinal);
        Assert.True(FreePorts.BecomesFree(block.First));
    }

    [Fact]
    public async Task What_a_service_sets_in_its_configuration_is_its_own()
    {
        var seen = new System.Collections.Concurrent.ConcurrentBag<string?>();
        WebSetup Sets(string value) => new(app => seen.Add(app.Configuration["Test:Value"]), builder => builder.Configuration["Test:Value"] = value);
        await using var host = await WebHost.StartAsync([new PortDefinition("one"), new PortDefinition("two")], [Sets("1"), Sets("2")], ("Test:Value", "outer"));
        Assert.Equal(["1", "2"], seen.Order());
        Assert.Equal("outer", host.Host.Services.GetRequiredService<Microsoft.Extensions.Configuration.IConfiguration>()["Test:Value"]);
    }

    [Fact]
    public async Task A_service_adds_loggers_of_its_own_and_the_application_s_hear_it_too()
    {
        var own = new TestLog();
        var setup = new WebSetup(static app => app.Logger.LogDebug("from within"), builder => builder.Logging.AddProvider(own).SetMinimumLevel(LogLevel.Debug));
        await using var host = await WebHost.StartAsync([new PortDefinition("rest")], [setup], ("Logging:LogLevel:Default", "Debug"));
        Assert.Contains(own.Entries, static e => e.Text == "from within");
    }

    [Fact]
    public async Task What_one_service_protects_another_can_t_read_unless_both_are_told_one_name()
    {
        var protectors = new List<IDataProtector>();
        using var keys = new TemporaryFolder();
        WebSetup Shares(string? name) => new(
            app => protectors.Add(app.Services.GetRequiredService<IDataProtectionProvider>().CreateProtector("test")),
            builder =>
            {
                var protection = builder.Services.AddDataProtection().PersistKeysToFileSystem(new DirectoryInfo(keys.Path));
                if (name is not null)
                {
                    protection.SetApplicationName(name);
                }
            });

        await using (await WebHost.StartAsync([new PortDefinition("one")], [Shares(null)]))
        {
            // Its keys are made before the second looks for them.
            Assert.Equal("secret", protectors[0].Unprotect(protectors[0].Protect("secret")));
            await using var second = await WebHost.StartAsync([new PortDefinition("two")], [Shares(null)]);
            Assert.Throws<System.Security.Cryptography.CryptographicException>(() => protectors[1].Unprotect(protectors[0].Protect("secret")));
            await using var third = await WebHost.StartAsync([new PortDefinition("three")], [Shares("shared")]);
            await using var fourth = await WebHost.StartAsync([new PortDefinition("four")], [Shares("shared")]);
            Assert.Equal("secret", protectors[3].Unprotect(protectors[2].Protect("secret")));
        }
    }

    [Fact]
    public async Task A_client_that_waits_from_before_the_start_is_sent_to_the_https_port_that_comes_second()
    {
        using var certificate = Certificates.New();
        var block = FreePorts.Block(2);
        PortDefinition[] ports = [new PortDefinition("rest") { Port = block.First }, new PortDefinition("secure") { Service = "rest", Port = block.Last }];
        Task<HttpResponseMessage>? early = null;
        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false });
        var setup = new WebSetup(
            app =>
            {
                app.UseHttpsRedirection();
                app.MapGet("/", () => "hello");

                // The lease listens from before this moment on.
                early = client.GetAsync(new Uri($"http://localhost:{block.First}/"), Token);
            },
            builder => builder.WebHost.ConfigureKestrel(kestrel =>
            {
                kestrel.ListenOnLease("rest");
                kestrel.ListenOnLease("secure", endpoint => endpoint.UseHttps(certificate));
            }));
        await using var host = await WebHost.StartAsync(ports, [setup]);
        using var answer = await early!;
        Assert.Equal(HttpStatusCode.TemporaryRedirect, answer.StatusCode);
        Assert.Equal($"https://localhost:{block.Last}/", answer.Headers.Location!.ToString());
    }

    [Fact]
    public async Task The_variables_of_IIS_don_t_concern_a_web_service()
    {
        var ports = FreePorts.Block(2);
        await using var app = AppProcess.Program(
            "/usr/bin/env", "ASPNETCORE_TOKEN=secret", "ASPNETCORE_PORT=12345", "ASPNETCORE_APPL_PATH=/", WebProcess.Path, $"--Ports:front:Port={ports.First}", $"--Ports:back:Port={ports.Last}");
        await app.WaitForAsync("Application started");
        using var client = WebHost.NewClient($"http://localhost:{ports.First}");
        Assert.Equal("front", await client.GetStringAsync("/", Token));
    }
}
