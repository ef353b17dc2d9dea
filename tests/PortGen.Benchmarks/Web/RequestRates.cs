extern alias Runtime;

using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Runtime::PortGen;

namespace PortGen.Benchmarks.Web;

/// <summary>Requests per second through a leased Kestrel beside a plain one. Both run all the time and are asked in turns, so that what else the machine does hits both.</summary>
internal static class RequestRates
{
    private const int LeasedPort = 21080;
    private const int PlainPort = 21081;
    private const int Connections = 16;

    private static readonly TimeSpan s_turn = TimeSpan.FromSeconds(1);

    public static async Task<int> RunAsync(int rounds)
    {
        var manifest = new PortManifest([PortServiceDefinition.For<LeasedService>([new PortDefinition("web") { Port = LeasedPort }], [])], [["web"]]);
        await using var leased = await PortApplication.StartAsync(manifest, static host => new Application(host), [], static builder => builder.Logging.ClearProviders());
        await using var plain = await StartPlainAsync();
        using var leasedClients = await RequestLoad.ConnectAsync(LeasedPort, Connections);
        using var plainClients = await RequestLoad.ConnectAsync(PlainPort, Connections);

        // The first round is for the compiler.
        var (leasedRates, plainRates) = (new List<double>(), new List<double>());
        for (var round = 0; round <= rounds; round++)
        {
            var first = round % 2 == 0;
            var before = first ? await leasedClients.RunAsync(s_turn) : await plainClients.RunAsync(s_turn);
            var after = first ? await plainClients.RunAsync(s_turn) : await leasedClients.RunAsync(s_turn);
            if (round > 0)
            {
                leasedRates.Add(first ? before : after);
                plainRates.Add(first ? after : before);
            }
        }

        Report("plain Kestrel", plainRates);
        Report("leased Kestrel", leasedRates);
        Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"ratio of medians {Median(leasedRates) / Median(plainRates):F3}; median of the rounds' ratios {Median([.. leasedRates.Zip(plainRates, static (l, p) => l / p)]):F3}"));
        return 0;
    }

    private static async Task<WebApplication> StartPlainAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://localhost:{PlainPort}");
        var app = builder.Build();
        app.MapGet("/", static () => "hello");
        await app.StartAsync();
        return app;
    }

    private static void Report(string name, List<double> rates) => Console.Out.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"{name}: median {Median(rates):F0} requests/s, {rates.Min():F0} to {rates.Max():F0} in {rates.Count} turns of {s_turn.TotalSeconds} s"));

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private sealed class LeasedService : WebPortService
    {
        protected override void Configure(WebApplication app) => app.MapGet("/", static () => "hello");
    }

    private sealed class Application(IHost host) : PortApplication(host);
}
