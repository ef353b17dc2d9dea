using PortGen.WebProbe;

// The same web application twice: as the framework's template has it, or as a port service.
if (args is not ["plain", .. var rest])
{
    return await Ports.RunAllAsync(args);
}

var builder = WebApplication.CreateBuilder(rest);
Probe.ConfigureBuilder(builder);
var app = builder.Build();
Probe.Configure(app);
app.Run();
return 0;

namespace PortGen.WebProbe
{
    [PortService("probe", Port = 9421, Range = "9421-9430")]
    internal sealed class ProbeService : WebPortService
    {
        protected override void ConfigureBuilder(WebApplicationBuilder builder) => Probe.ConfigureBuilder(builder);

        protected override void Configure(WebApplication app) => Probe.Configure(app);
    }
}
