using System.Reflection;

[assembly: AssemblyFixture(typeof(PortGen.Package.Tests.Support.LocalFeed))]

namespace PortGen.Package.Tests.Support;

/// <summary>The packages, packed once as a release packs them, and the only source that the tests' projects restore from.</summary>
public sealed class LocalFeed : IAsyncLifetime
{
    /// <summary>Far from any real version, and no prerelease: <c>dotnet add package</c> takes the newest stable one.</summary>
    public const string Version = "999.0.0";

    // Within the repository, or what is generated on the way would not be part of it by its path.
    private static readonly string s_artifacts = Path.Combine(RepositoryRoot, "tests", "PortGen.Package.Tests", "obj", "pack");

    private readonly string _root = Directory.CreateTempSubdirectory("portgen packages ü-").FullName;

    public static string RepositoryRoot => Metadata("RepositoryRoot");

    /// <summary>Where the packages are.</summary>
    public string Folder => Path.Combine(_root, "feed");

    /// <summary>A package cache of the tests' own: nobody else's PortGen is in it, and it leaves none behind.</summary>
    public string Cache => Path.Combine(_root, "cache");

    /// <summary>A new empty folder below the one that has the package source.</summary>
    public string NewFolder() => Directory.CreateDirectory(Path.Combine(_root, "work", Guid.NewGuid().ToString("N")[..8])).FullName;

    public async ValueTask InitializeAsync()
    {
        try
        {
            await PrepareAsync();
        }
        catch
        {
            // A fixture that didn't come about is not disposed of.
            await DisposeAsync();
            throw;
        }
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_root, recursive: true);
        return default;
    }

    private async Task PrepareAsync()
    {
        Directory.CreateDirectory(Folder);
        await PackAsync("PortGen");
        await PackAsync("PortGen.AspNetCore");

        // Everything else comes from what the restore of this project has put into the machine's own cache, without copying it.
        await File.WriteAllTextAsync(Path.Combine(_root, "NuGet.Config"), $"""
            <configuration>
              <packageSources><clear /><add key="portgen" value="{Folder}" /></packageSources>
              <fallbackPackageFolders><clear /><add key="machine" value="{Metadata("MachinePackages")}" /></fallbackPackageFolders>
            </configuration>
            """);
        foreach (var name in new[] { "Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props" })
        {
            // Whatever lies above the temporary folder ends here.
            await File.WriteAllTextAsync(Path.Combine(_root, name), "<Project />");
        }
    }

    private static string Metadata(string key) => typeof(LocalFeed).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().First(a => a.Key == key).Value!;

    private async Task PackAsync(string project)
    {
        var result = await Dotnet.RunAsync(
            RepositoryRoot,
            "pack", Path.Combine("src", project), "-c", "Release", "-o", Folder, "--artifacts-path", s_artifacts, "--disable-build-servers",
            "-tl:off", "-p:Version=" + Version, "-p:ContinuousIntegrationBuild=true");
        Assert.True(result.ExitCode == 0, result.Output);
    }
}
