using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Internal;
using PortGen.Configuration;

namespace PortGen.Tests.Support;

/// <summary>Plans from configuration given level by level, lowest first.</summary>
internal static class Plans
{
    public static PortPlan Of(PortManifest manifest, params Dictionary<string, string?>[] levels) => Of(manifest, "Production", levels);

    public static PortPlan Of(PortManifest manifest, string environment, params Dictionary<string, string?>[] levels)
    {
        var builder = new ConfigurationBuilder();
        foreach (var level in levels)
        {
            builder.AddInMemoryCollection(level);
        }

        return PortPlanner.Plan(manifest, builder.Build(), Environment(environment));
    }

    /// <summary>With options of the code below the configuration.</summary>
    public static PortPlan Of(PortManifest manifest, PortServicesOptions options, Dictionary<string, string?> level) =>
        PortPlanner.Plan(manifest, new ConfigurationBuilder().AddInMemoryCollection(level).Build(), Environment("Production"), options);

    public static PortPlan Of(PortManifest manifest, IConfiguration configuration) => PortPlanner.Plan(manifest, configuration, Environment("Production"));

    public static IHostEnvironment Environment(string name) => new HostingEnvironment { EnvironmentName = name, ContentRootPath = AppContext.BaseDirectory };
}
