using System.Formats.Tar;
using System.Runtime.InteropServices;
using System.Text.Json;
using PortGen.Package.Tests.Projects;
using PortGen.Package.Tests.Support;
using PortGen.Tests.Support;

namespace PortGen.Package.Tests.Containers;

/// <summary>An image of the application, made without a Dockerfile.</summary>
public sealed class PublishContainerTests(LocalFeed feed) : PackageTest(feed)
{
    [Fact]
    public async Task The_image_exposes_the_ports_of_the_manifest_and_those_of_the_project()
    {
        LongTests.SkipUnlessMiddle();
        Assert.SkipUnless(LocalRegistry.IsInstalled, "no image registry is installed: the base image has to come from one (Debian's docker-registry)");
        Assert.SkipUnless(OperatingSystem.IsLinux() && RuntimeInformation.OSArchitecture is Architecture.X64, "the base image is made for linux-x64");
        Write("App/App.csproj", Texts.Application(items: "<ContainerPort Include=\"9464\" Type=\"tcp\" /><ContainerPort Include=\"5353\" Type=\"udp\" />"));
        Write("App/Program.cs", Texts.Program
            + Texts.Service("echo", ", Port = 9101, Range = \"9101-9110\")]\n[PortGen.AdditionalPort(\"metrics\", Port = 9464") + Texts.Service("time", ", Port = 9111") + Texts.Service("any"));
        Write("App/appsettings.json", """{ "Ports": { "time": { "Port": 9222 } } }""");

        await using var registry = await LocalRegistry.StartAsync(Folder);
        await registry.PushBaseAsync("base", "amd64");
        var archive = PathOf("image.tar");
        var publish = await BuildAsync(
            "publish", "App", "-t:PublishContainer", $"-p:ContainerBaseImage={registry.Address}/base:latest", "-p:ContainerArchiveOutputPath=" + archive, "--os", "linux", "--arch", "x64", "--no-self-contained");
        Assert.True(publish.ExitCode == 0, publish.Output);
        Assert.Equal(["5353/udp", "9101/tcp", "9222/tcp", "9464/tcp"], await ExposedPortsAsync(archive));
    }

    // docker save's format: manifest.json names the configuration.
    private static async Task<IEnumerable<string>> ExposedPortsAsync(string archive)
    {
        var files = new Dictionary<string, byte[]>();
        await using var file = File.OpenRead(archive);
        await using var reader = new TarReader(file);
        while (await reader.GetNextEntryAsync(copyData: true) is { } entry)
        {
            if (entry.DataStream is { } data && entry.Name.EndsWith(".json", StringComparison.Ordinal))
            {
                using var content = new MemoryStream();
                await data.CopyToAsync(content);
                files[entry.Name] = content.ToArray();
            }
        }

        using var manifest = JsonDocument.Parse(files["manifest.json"]);
        using var config = JsonDocument.Parse(files[manifest.RootElement[0].GetProperty("Config").GetString()!]);
        return [.. config.RootElement.GetProperty("config").GetProperty("ExposedPorts").EnumerateObject().Select(static p => p.Name).Order(StringComparer.Ordinal)];
    }
}
