using Microsoft.Extensions.Configuration;
using PortGen.Configuration;
using PortGen.Tests.Support;

namespace PortGen.Tests.Configuration;

/// <summary>The command-line option, through the configuration's own reading of the arguments.</summary>
public sealed class StartOptionsTests
{
    private static readonly PortManifest s_web = Manifests.Of(Manifests.Port("web", 8080));

    [Theory]
    [InlineData(true, "--force-restart")]
    [InlineData(true, "--Force-Restart")]
    [InlineData(true, "--force-restart=true")]
    [InlineData(true, "--force-restart=1")]
    [InlineData(true, "--force-restart", "--Ports:web:Port", "9300")]
    [InlineData(true, "--Ports:web:Port", "9300", "--force-restart")]
    [InlineData(true, "--Ports:web:Port=9300", "--force-restart", "--Ports:web:Host", "*")]
    [InlineData(true, "--flag", "--force-restart")]
    [InlineData(true, "--force-restart=false", "--force-restart")]
    [InlineData(false, "--force-restart=false")]
    [InlineData(false, "--force-restart", "--force-restart=0")]
    [InlineData(false, "--Ports:web:Port=9300")]
    [InlineData(false, "--force-restarted", "--force-restart-later=true")]
    [InlineData(false)]
    public void It_is_read_wherever_it_stands_and_swallows_nothing(bool expected, params string[] args)
    {
        var plan = Plans.Of(s_web, Read(args));
        Assert.Equal(expected, plan.ForceRestart);
        Assert.Equal(args.Any(static a => a.Contains("9300", StringComparison.Ordinal)) ? 9300 : 8080, plan.Ports[0].Port);
        Assert.Equal(args.Contains("*") ? "*" : "localhost", plan.Ports[0].Host);
    }

    [Theory]
    [InlineData("--force-restart=perhaps", "'perhaps' is neither true nor false")]
    [InlineData("--force-restart=", "'' is neither true nor false")]
    public void A_value_that_is_none_is_told(string option, string reason)
    {
        var e = Assert.Throws<PortConfigurationException>(() => Plans.Of(s_web, Read([option])));
        Assert.Equal($"PG2003: {reason} (from command-line option --Ports:ForceRestart)", Assert.Single(e.Errors));
    }

    [Fact]
    public void It_beats_the_files_and_without_it_the_arguments_are_left_as_they_are()
    {
        var files = new ConfigurationBuilder().AddInMemoryCollection([new("Ports:ForceRestart", "true")]);
        Assert.False(Plans.Of(s_web, files.AddCommandLine(StartOptions.WriteOut(["--force-restart=false"])!).Build()).ForceRestart);
        string[] args = ["--a", "b"];
        Assert.Same(args, StartOptions.WriteOut(args));
        Assert.Null(StartOptions.WriteOut(null));
    }

    [Fact]
    public void Found_among_other_arguments_they_are_written_out_without_these()
    {
        Assert.Empty(StartOptions.FindIn(["--Ports:x:Port=1", "take-over", "--take-overs", "--forced"]));
        Assert.Equal(["--Ports:TakeOver=true"], StartOptions.FindIn(["run", "--Take-Over", "--Ports:x:Port=1"]));
        Assert.Equal(["--Ports:TakeOver=false", "--Ports:ForceRestart=true"], StartOptions.FindIn(["--take-over=false", "--force-restart"]));
    }

    private static IConfiguration Read(string[] args) => new ConfigurationBuilder().AddCommandLine(StartOptions.WriteOut(args)!).Build();
}
