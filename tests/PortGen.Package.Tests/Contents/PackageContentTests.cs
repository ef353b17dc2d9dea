using System.IO.Compression;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text;
using System.Text.Json;
using System.Xml.Linq;
using PortGen.Package.Tests.Support;

namespace PortGen.Package.Tests.Contents;

/// <summary>What is in the packages. A change of this is a decision, so it is written down here.</summary>
public sealed class PackageContentTests(LocalFeed feed)
{
    private const string Readme = "README.md";

    [Fact]
    public void PortGen_has_its_parts_and_nothing_else() => Assert.Equal(
        [
            Readme,
            "analyzers/dotnet/roslyn5.0/cs/PortGen.CodeFixes.dll",
            "analyzers/dotnet/roslyn5.0/cs/PortGen.Compiler.dll",
            "build/PortGen.props",
            "build/PortGen.targets",
            "buildTransitive/PortGen.props",
            "buildTransitive/PortGen.targets",
            "icon.png",
            "lib/net10.0/PortGen.dll",
            "lib/net10.0/PortGen.xml",
            "schema/ports.schema.json",
            "tasks/netstandard2.0/PortGen.Tasks.dll",
        ],
        Files("PortGen.999.0.0.nupkg"));

    [Fact]
    public void PortGen_AspNetCore_is_a_library() => Assert.Equal(
        [Readme, "icon.png", "lib/net10.0/PortGen.AspNetCore.dll", "lib/net10.0/PortGen.AspNetCore.xml"],
        Files("PortGen.AspNetCore.999.0.0.nupkg"));

    // PortGen.AspNetCore works with the runtime's internals, so it takes one version only, and brings all of it: analyzers and build too.
    [Theory]
    [InlineData("PortGen", "Microsoft.Extensions.Hosting 10.0.12", "")]
    [InlineData("PortGen.AspNetCore", "PortGen 999.0.0 All", "Microsoft.AspNetCore.App")]
    public void A_package_depends_on_what_it_says_here_alone(string id, string dependencies, string frameworks)
    {
        var nuspec = Nuspec(id);
        Assert.Equal(dependencies, string.Join(", ", Elements(nuspec, "dependency").Select(static d => $"{d.Attribute("id")!.Value} {d.Attribute("version")!.Value} {d.Attribute("include")?.Value}".TrimEnd())));
        Assert.Equal(frameworks, string.Join(", ", Elements(nuspec, "frameworkReference").Select(static f => f.Attribute("name")!.Value)));
    }

    // Sizes in KiB. A package that grows beyond these has something in it that somebody should know of.
    [Theory]
    [InlineData("PortGen.999.0.0.nupkg", 620)]
    [InlineData("PortGen.999.0.0.snupkg", 90)]
    [InlineData("PortGen.AspNetCore.999.0.0.nupkg", 80)]
    [InlineData("PortGen.AspNetCore.999.0.0.snupkg", 50)]
    public void A_package_is_no_larger_than_it_says_here(string file, int most)
    {
        var size = new FileInfo(Path.Combine(feed.Folder, file)).Length / 1024;
        TestContext.Current.SendDiagnosticMessage("{0}: {1} KiB", file, size);
        Assert.InRange(size, most / 3, most);
    }

    [Theory]
    [InlineData("PortGen")]
    [InlineData("PortGen.AspNetCore")]
    public void A_package_tells_its_licence_origin_and_readme(string id)
    {
        var nuspec = Nuspec(id);
        Assert.Equal("MIT", Elements(nuspec, "license").Single().Value);
        Assert.Equal(Readme, Elements(nuspec, "readme").Single().Value);
        Assert.Equal("icon.png", Elements(nuspec, "icon").Single().Value);
        var repository = Elements(nuspec, "repository").Single();
        Assert.Equal("https://github.com/portgen/portgen", repository.Attribute("url")!.Value);
        Assert.Matches("^[0-9a-f]{40}$", repository.Attribute("commit")?.Value ?? "");

        using var package = Open($"{id}.{LocalFeed.Version}.nupkg");
        Assert.Equal([0x89, 0x50, 0x4E, 0x47], Read(package, "icon.png")[..4]);
        Assert.StartsWith($"# {id}\n", Encoding.UTF8.GetString(Read(package, Readme)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("PortGen")]
    [InlineData("PortGen.AspNetCore")]
    public void Symbols_are_those_of_the_assembly_and_lead_to_its_source(string id)
    {
        using var symbols = Open($"{id}.{LocalFeed.Version}.snupkg");
        using var pdb = MetadataReaderProvider.FromPortablePdbStream(new MemoryStream(Read(symbols, $"lib/net10.0/{id}.pdb")));
        AssertSourceLink(pdb.GetMetadataReader());
        using var package = Open($"{id}.{LocalFeed.Version}.nupkg");
        using var image = new PEReader(new MemoryStream(Read(package, $"lib/net10.0/{id}.dll")));
        var entries = image.ReadDebugDirectory();
        Assert.Contains(entries, static e => e.Type == DebugDirectoryEntryType.Reproducible);
        var codeView = image.ReadCodeViewDebugDirectoryData(entries.Single(static e => e.Type == DebugDirectoryEntryType.CodeView));
        Assert.Equal(codeView.Guid, new BlobContentId(pdb.GetMetadataReader().DebugMetadataHeader!.Id).Guid);
    }

    [Theory]
    [InlineData("analyzers/dotnet/roslyn5.0/cs/PortGen.Compiler.dll")]
    [InlineData("analyzers/dotnet/roslyn5.0/cs/PortGen.CodeFixes.dll")]
    [InlineData("tasks/netstandard2.0/PortGen.Tasks.dll")]
    public void What_works_in_the_build_has_its_symbols_inside_and_is_reproducible(string path)
    {
        using var package = Open("PortGen.999.0.0.nupkg");
        using var image = new PEReader(new MemoryStream(Read(package, path)));
        var entries = image.ReadDebugDirectory();
        Assert.Contains(entries, static e => e.Type == DebugDirectoryEntryType.Reproducible);
        using var pdb = image.ReadEmbeddedPortablePdbDebugDirectoryData(entries.Single(static e => e.Type == DebugDirectoryEntryType.EmbeddedPortablePdb));
        AssertSourceLink(pdb.GetMetadataReader());
    }

    private static void AssertSourceLink(MetadataReader pdb)
    {
        var sourceLink = new Guid("CC110556-A091-4D38-9FEC-25AB9A351A6A");
        var json = pdb.CustomDebugInformation.Select(pdb.GetCustomDebugInformation).Single(i => pdb.GetGuid(i.Kind) == sourceLink);
        using var map = JsonDocument.Parse(pdb.GetBlobBytes(json.Value));
        Assert.Matches("^https://raw\\.githubusercontent\\.com/portgen/portgen/[0-9a-f]{40}/\\*$", map.RootElement.GetProperty("documents").GetProperty("/_/*").GetString());
        Assert.DoesNotContain(pdb.Documents.Select(d => pdb.GetString(pdb.GetDocument(d).Name)), static n => !n.StartsWith("/_/", StringComparison.Ordinal));
    }

    private ZipArchive Open(string file) => ZipFile.OpenRead(Path.Combine(feed.Folder, file));

    // Without what the format itself brings.
    private IEnumerable<string> Files(string file)
    {
        using var package = Open(file);
        return [.. package.Entries.Select(static e => e.FullName)
            .Where(static n => !n.EndsWith(".nuspec", StringComparison.Ordinal) && !n.StartsWith("_rels/", StringComparison.Ordinal)
                && !n.StartsWith("package/", StringComparison.Ordinal) && n != "[Content_Types].xml")
            .Order(StringComparer.Ordinal)];
    }

    private XDocument Nuspec(string id)
    {
        using var package = Open($"{id}.{LocalFeed.Version}.nupkg");
        return XDocument.Load(new MemoryStream(Read(package, id + ".nuspec")));
    }

    private static IEnumerable<XElement> Elements(XDocument document, string name) => document.Descendants().Where(e => e.Name.LocalName == name);

    private static byte[] Read(ZipArchive package, string name)
    {
        using var stream = package.GetEntry(name)!.Open();
        using var content = new MemoryStream();
        stream.CopyTo(content);
        return content.ToArray();
    }
}
