using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace PortGen.WebProbe;

/// <summary>Uses what web applications use, and tells at <c>/probe</c> how it was set up.</summary>
[SuppressMessage("Performance", "CA1848", Justification = "One line, once.")]
[SuppressMessage("Usage", "ASP0012", Justification = "The other way is what is probed.")]
internal static class Probe
{
    public static void ConfigureBuilder(WebApplicationBuilder builder)
    {
        builder.Services.AddScoped<Scoped>();
        builder.Services.AddControllers();
        builder.Services.AddProblemDetails();
        builder.Services.AddResponseCompression(static o => o.EnableForHttps = true);
        builder.Services.AddOptions<ProbeOptions>().BindConfiguration("Probe").Validate(static o => o.Number > 0).ValidateOnStart();
        builder.Configuration["Probe:Own"] = "set by code";
        builder.Logging.AddJsonConsole();
        builder.WebHost.ConfigureKestrel(static kestrel => kestrel.AddServerHeader = false);
        builder.WebHost.UseSetting("Probe:Setting", "UseSetting");
        builder.Host.ConfigureServices(static services => services.AddSingleton("from the host builder"));
    }

    public static void Configure(WebApplication app)
    {
        app.UseResponseCompression();
        app.UseStaticFiles();
        app.UseWebSockets();
        app.MapControllers();
        app.MapGet("/probe", static (HttpContext context) => Describe(context));
        app.MapGet("/word/{id:regex(^[a-z]+$)}", static (string id) => id);
        app.MapGet("/throw", static string () => throw new InvalidOperationException("thrown on purpose"));
        app.MapGet("/scheme", static (HttpRequest request) => $"{request.Scheme} {request.Host} {request.Headers.Host}");
        app.MapGet("/long", static () => new string('x', 5000));
        app.MapPost("/json", static (ProbeOptions value) => value);
        app.Logger.LogWarning("a line of the probe's own");
        app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Probe.Console").LogTrace("for the console alone");
    }

    private static Dictionary<string, string?> Describe(HttpContext context)
    {
        var services = context.RequestServices;
        var (environment, configuration) = (services.GetRequiredService<IWebHostEnvironment>(), services.GetRequiredService<IConfiguration>());
        var kestrel = services.GetRequiredService<IOptions<KestrelServerOptions>>().Value;
        string[] keys =
        [
            "Probe:Number", "Probe:Own", "Probe:Setting", "Probe:File", "Probe:FileOfEnvironment", "Probe:AspNetCore", "Probe:DotNet", "Probe:Variable", "Probe:Line",
            "Probe:AspNetCoreAndDotNet", "Probe:DotNetAndFile", "Probe:FileAndVariable", "Probe:VariableAndLine", "detailedErrors", "AllowedHosts", "Kestrel:Limits", "FORWARDEDHEADERS_ENABLED",
        ];
        return new(keys.Select(k => KeyValuePair.Create(k, configuration[k])))
        {
            ["environment"] = environment.EnvironmentName,
            ["application"] = environment.ApplicationName,
            ["content root"] = environment.ContentRootPath,
            ["web root"] = environment.WebRootPath,
            ["web root files"] = environment.WebRootFileProvider.GetType().Name,
            ["scopes are validated"] = $"{ValidatesScopes(services)}",
            ["service of the host builder"] = services.GetRequiredService<string>(),
            ["server header"] = $"{kestrel.AddServerHeader}",
            ["request limit"] = $"{kestrel.Limits.MaxRequestBodySize}",
            ["logger"] = $"{services.GetRequiredService<ILoggerFactory>().CreateLogger("Probe").IsEnabled(LogLevel.Debug)} {services.GetRequiredService<ILoggerFactory>().CreateLogger("Quiet.One").IsEnabled(LogLevel.Warning)}",
            ["websocket"] = $"{context.WebSockets.IsWebSocketRequest}",
            ["anything of the outer host"] = $"{services.GetService<IHostEnvironment>()?.ContentRootPath}",
        };
    }

    private static bool ValidatesScopes(IServiceProvider services)
    {
        try
        {
            services.GetRequiredService<IHost>().Services.GetRequiredService<Scoped>();
            return false;
        }
        catch (InvalidOperationException)
        {
            return true;
        }
    }

    private sealed class Scoped;
}

internal sealed class ProbeOptions
{
    public int Number { get; set; }
}
