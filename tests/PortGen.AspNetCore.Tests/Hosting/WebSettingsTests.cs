using Microsoft.AspNetCore.Builder;
using PortGen.Tests.Support;

namespace PortGen.AspNetCore.Tests.Hosting;

/// <summary>The settings files of a web application of the user's own.</summary>
public sealed class WebSettingsTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void They_are_read_beside_the_application_where_the_content_root_has_none(bool isSlim)
    {
        using var contentRoot = new TemporaryFolder();
        var environment = "Test" + Guid.NewGuid().ToString("N");
        var file = Path.Combine(AppContext.BaseDirectory, $"appsettings.{environment}.json");
        File.WriteAllText(file, """{ "Test": { "Value": 1 } }""");
        try
        {
            var options = new WebApplicationOptions { ContentRootPath = contentRoot.Path, EnvironmentName = environment };
            var builder = isSlim ? WebApplication.CreateSlimBuilder(options) : WebApplication.CreateBuilder(options);
            PortHostBuilderExtensions.AddPortServices(builder, new PortManifest([], []));
            Assert.Equal("1", builder.Configuration["Test:Value"]);
        }
        finally
        {
            File.Delete(file);
        }
    }
}
