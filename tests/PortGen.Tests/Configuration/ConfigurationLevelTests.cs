using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Primitives;
using PortGen.Tests.Support;

namespace PortGen.Tests.Configuration;

/// <summary>What a message says of the place a value comes from, source by source.</summary>
public sealed class ConfigurationLevelTests
{
    private static readonly PortManifest s_web = Manifests.Of(Manifests.Port("web", 8080, new PortRange(8080, 8090)));

    [Fact]
    public void A_key_in_a_variable_is_named_as_the_variable() => Assert.Equal(
        ["PG2002: 'wbe' names no port of this application: did you mean 'web'? (from environment variable Ports__wbe)"],
        Errors(new ConfigurationBuilder().Add(new MadeUpVariables("", ("Ports__wbe__Port", "8080"))).Build()));

    [Fact]
    public void An_empty_variable_is_an_unset_one() =>
        Assert.Equal(8080, Plans.Of(s_web, new ConfigurationBuilder().Add(new MadeUpVariables("", ("Ports__web__Port", "  "))).Build()).Ports[0].Port);

    [Fact]
    public void Of_two_levels_that_say_it_the_higher_one_is_named() => Assert.Equal(
        ["PG2003: 'Ports:web:Prot' is not a setting: did you mean 'Port'? (from command-line option --Ports:web:Prot)"],
        Errors(new ConfigurationBuilder().AddInMemoryCollection([new("Ports:web:Prot", "1")]).AddCommandLine(["--Ports:web:Prot=2"]).Build()));

    [Fact]
    public void A_file_that_is_no_longer_there_or_no_longer_JSON_is_named_without_a_line()
    {
        using var folder = new TemporaryFolder();
        folder.Write("appsettings.json", """{ "Ports": { "web": { "Port": 80 } } }""");
        var configuration = new ConfigurationBuilder().SetBasePath(folder.Path).AddJsonFile("appsettings.json").Build();
        const string Message = "PG0002: Port 80 of 'web' is outside 1024-65535: choose a port from 1024 to 65535 (from Ports:web:Port in appsettings.json";
        Assert.Equal([Message + ", line 1)"], Errors(configuration));
        folder.Write("appsettings.json", "{");
        Assert.Equal([Message + ")"], Errors(configuration));
        folder.Write("appsettings.json", "{ }");
        Assert.Equal([Message + ")"], Errors(configuration));
        File.Delete(Path.Combine(folder.Path, "appsettings.json"));
        Assert.Equal([Message + ")"], Errors(configuration));
    }

    [Fact]
    public void The_last_of_several_sections_is_the_place()
    {
        using var folder = new TemporaryFolder();
        folder.Write("appsettings.json", "{ \"Ports\": { \"wbe\": { \"Port\": 8080 } },\n\n\"PORTS\": { \"wbe\": { \"Host\": \"*\" } } }");
        var error = Assert.Single(Errors(new ConfigurationBuilder().SetBasePath(folder.Path).AddJsonFile("appsettings.json").Build()));
        Assert.EndsWith("(from Ports:wbe in appsettings.json, line 3)", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_foreign_configuration_names_its_key()
    {
        var root = new ConfigurationBuilder().AddInMemoryCollection([new("Ports:wbe:Port", "8080"), new("Ports:web:Port", "80")]).Build();
        Assert.Equal(
            [
                "PG2002: 'wbe' names no port of this application: did you mean 'web'? (from configuration key Ports:wbe)",
                "PG0002: Port 80 of 'web' is outside 1024-65535: choose a port from 1024 to 65535 (from configuration key Ports:web:Port)",
            ],
            Errors(new ForeignConfiguration(root)));
    }

    [Fact]
    public void An_empty_section_says_nothing() =>
        Assert.Equal(8080, Plans.Of(s_web, new Dictionary<string, string?> { ["Ports:wbe"] = null, ["Ports:web"] = null }).Ports[0].Port);

    [Fact]
    public void A_null_says_nothing() =>
        Assert.Equal("8080-8090", Plans.Of(s_web, new Dictionary<string, string?> { ["Ports:web:Range"] = null }).Ports[0].Range.ToString());

    [Theory]
    [InlineData("8080")]
    [InlineData("\"x\"")]
    [InlineData("\"\"")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("true")]
    public void A_value_where_the_section_belongs_is_told_with_its_line(string value)
    {
        using var folder = new TemporaryFolder();
        folder.Write("appsettings.json", "{\n  \"Ports\": " + value + "\n}");
        folder.Write("appsettings.Production.json", """{ "Ports": { "web": { "Port": 9300 } } }""");
        Assert.Equal(
            ["PG2003: 'Ports' is a section: write Ports:web:Port (from Ports in appsettings.json, line 2)"],
            Errors(new ConfigurationBuilder().SetBasePath(folder.Path).AddJsonFile("appsettings.json").AddJsonFile("appsettings.Production.json").Build()));
    }

    [Theory]
    [InlineData("[ 8080, 8081 ]", 2)]
    [InlineData("[ { \"Port\": 8080 } ]", 1)]
    public void A_list_where_the_section_belongs_is_told(string value, int errors)
    {
        using var folder = new TemporaryFolder();
        folder.Write("appsettings.json", "{ \"Ports\": " + value + " }");
        var told = Errors(new ConfigurationBuilder().SetBasePath(folder.Path).AddJsonFile("appsettings.json").Build());
        Assert.Equal(errors, told.Count);
        Assert.All(told, static e => Assert.StartsWith("PG2003: 'Ports' is a section: write Ports:web:Port (from Ports:", e, StringComparison.Ordinal));
    }

    [Fact]
    public void A_value_for_the_section_on_the_command_line_is_told() => Assert.Equal(
        ["PG2003: 'Ports' is a section: write Ports:web:Port (from command-line option --Ports)"],
        Errors(new ConfigurationBuilder().AddCommandLine(["--Ports=8080"]).Build()));

    [Fact]
    public void An_empty_section_in_a_file_says_nothing()
    {
        using var folder = new TemporaryFolder();
        folder.Write("appsettings.json", """{ "Ports": { } }""");
        Assert.Equal(8080, Plans.Of(s_web, new ConfigurationBuilder().SetBasePath(folder.Path).AddJsonFile("appsettings.json").Build()).Ports[0].Port);
    }

    [Fact]
    public void A_file_inside_the_assembly_is_named_without_a_line()
    {
        var configuration = new ConfigurationBuilder().AddJsonFile(new EmbeddedFile(), "inside.json", optional: false, reloadOnChange: false).Build();
        Assert.EndsWith("(from Ports:web:Port in inside.json)", Assert.Single(Errors(configuration)), StringComparison.Ordinal);
    }

    [Fact]
    public void The_exception_says_all_of_it_and_no_stack()
    {
        var e = new PortConfigurationException(["PG0001: a", "PG0002: b"]);
        Assert.Equal("PG0001: a\nPG0002: b", e.Message);
        Assert.Null(e.StackTrace);
        var inner = new FormatException("outer", new FormatException("'}' is missing."));
        Assert.Equal(["PG2001: Failed to load 'x.json'. '}' is missing."], PortConfigurationException.Unreadable(new InvalidDataException("Failed to load 'x.json'.", inner)).Errors);
        Assert.Equal(["PG2001: Failed. outer"], PortConfigurationException.Unreadable(new InvalidDataException("Failed.", new FormatException("outer"))).Errors);
        Assert.Equal(["PG2001: Failed."], PortConfigurationException.Unreadable(new InvalidDataException("Failed.")).Errors);
    }

    private static IReadOnlyList<string> Errors(IConfiguration configuration) =>
        Assert.Throws<PortConfigurationException>(() => Plans.Of(s_web, configuration)).Errors;

    /// <summary>Shows keys and values, and no providers.</summary>
    private sealed class ForeignConfiguration(IConfiguration configuration) : IConfiguration
    {
        public string? this[string key]
        {
            get => configuration[key];
            set => configuration[key] = value;
        }

        public IEnumerable<IConfigurationSection> GetChildren() => configuration.GetChildren();

        public IChangeToken GetReloadToken() => configuration.GetReloadToken();

        public IConfigurationSection GetSection(string key) => configuration.GetSection(key);
    }

    /// <summary>A file that has no path on the disk.</summary>
    private sealed class EmbeddedFile : IFileProvider, IFileInfo
    {
        public bool Exists => true;

        public bool IsDirectory => false;

        public DateTimeOffset LastModified => default;

        public long Length => CreateReadStream().Length;

        public string Name => "inside.json";

        public string? PhysicalPath => null;

        public Stream CreateReadStream() => new MemoryStream("""{ "Ports": { "web": { "Port": 80 } } }"""u8.ToArray());

        public IDirectoryContents GetDirectoryContents(string subpath) => NotFoundDirectoryContents.Singleton;

        public IFileInfo GetFileInfo(string subpath) => this;

        public IChangeToken Watch(string filter) => NullChangeToken.Singleton;
    }
}
