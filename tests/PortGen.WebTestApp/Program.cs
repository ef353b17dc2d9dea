using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

if (args is ["get", .. var urls])
{
    // A client for where this program is the only one there is.
    using var client = new HttpClient();
    foreach (var url in urls)
    {
        using var answer = await client.GetAsync(new Uri(url));
        var text = await answer.Content.ReadAsStringAsync();
        Console.Out.WriteLine(((int)answer.StatusCode).ToString(CultureInfo.InvariantCulture) + " " + text);
    }

    return 0;
}

return await Ports.RunAllAsync(args);

namespace PortGen.WebTestApp
{
    [PortService("back", Port = 9411, Range = "9411-9420", HealthPath = "/health")]
    internal sealed class Back : WebPortService
    {
        protected override void Configure(WebApplication app) => app.MapGet("/", static () => "back");
    }

    /// <summary>Has everything that the library maps, and answers that take their time: <c>/slow/500</c> milliseconds.</summary>
    [PortService("front", Port = 9401, Range = "9401-9410", HealthPath = "/health", DependsOn = [typeof(Back)])]
    internal sealed class Front : WebPortService
    {
        protected override void Configure(WebApplication app)
        {
            app.MapGet("/", static () => "front");
            app.MapPost("/", static async (HttpRequest request) =>
            {
                await request.Body.CopyToAsync(Stream.Null);
                return "hello";
            });
            app.MapGet("/slow/{milliseconds:int}", static async (int milliseconds) =>
            {
                Console.Out.WriteLine("slow begins");
                await Task.Delay(milliseconds);
                return Results.Text("slow");
            });
            app.MapGet("/memory", static () => GC.GetTotalMemory(forceFullCollection: true).ToString(CultureInfo.InvariantCulture));
            app.MapGet("/stopping", () => app.Lifetime.ApplicationStopping.IsCancellationRequested ? "stopping" : "going on");
            app.MapPortStatus();
            app.MapPortHealth();
            app.MapPortPage();
        }
    }
}
