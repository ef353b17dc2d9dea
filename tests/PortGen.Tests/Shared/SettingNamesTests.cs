namespace PortGen.Tests.Shared;

/// <summary>PG2002, PG2003: what is said of each key.</summary>
public sealed class SettingNamesTests
{
    [Theory]
    [InlineData("Ports", true, null)]
    [InlineData("Ports", false, "PG2003: 'Ports' is a section: write Ports:api:Port")]
    [InlineData("Ports:0", false, "PG2003: 'Ports' is a section: write Ports:api:Port")]
    [InlineData("Ports:web:12", false, "PG2003: 'Ports:web' is a section: write Ports:web:Port")]
    [InlineData("Ports:BINDTIMEOUT", false, null)]
    [InlineData("Ports:BindTimeout", true, "PG2003: 'Ports:BindTimeout' takes one value, not several")]
    [InlineData("Ports:WEB", true, null)]
    [InlineData("Ports:web", false, "PG2003: 'Ports:web' is a section: write Ports:web:Port")]
    [InlineData("Ports:wbe", true, "PG2002: 'wbe' names no port of this application: did you mean 'web'?")]
    [InlineData("Ports:StopTimout", false, "PG2002: 'StopTimout' names no port of this application: did you mean 'StopTimeout'?")]
    [InlineData("Ports:unheard", true, "PG2002: 'unheard' names no port of this application: the ports are api, web")]
    [InlineData("Ports:unheard:Prot", false, null)]
    [InlineData("Ports:Web:healthpath", false, null)]
    [InlineData("Ports:web:Port", true, "PG2003: 'Ports:web:Port' takes one value, not several")]
    [InlineData("Ports:web:Prot", false, "PG2003: 'Ports:web:Prot' is not a setting: did you mean 'Port'?")]
    [InlineData("Ports:web:Colour", false, "PG2003: 'Ports:web:Colour' is not a setting: the settings are Port, Range, Host, Required, HealthPath, ExternalPort, DevelopmentPort, PublicUrl")]
    [InlineData("Ports:web:Port:Number", false, null)]
    public void A_key_is_known_or_a_mistake_with_a_reason(string path, bool isSection, string? expected)
    {
        var mistake = SettingNames.Check(path.Split(':'), isSection, ["web", "api"]);
        Assert.Equal(expected, mistake is { } m ? $"{m.Rule.Id}: {m.Rule.Format(m.Argument, m.Reason)}" : null);
    }

    [Theory]
    [InlineData("range", "range")]
    [InlineData("RANGE", "range")]
    [InlineData("rang", "range")]
    [InlineData("ange", "range")]
    [InlineData("ranges", "range")]
    [InlineData("rxange", "range")]
    [InlineData("ranxe", "range")]
    [InlineData("ragne", "range")]
    [InlineData("arnge", "range")]
    [InlineData("raneg", "range")]
    [InlineData("ran", "range")]
    [InlineData("rangers", "range")]
    [InlineData("xrangex", "range")]
    [InlineData("arneg", "range")]
    [InlineData("gnrae", null)]
    [InlineData("ra", null)]
    [InlineData("rangersx", null)]
    [InlineData("nrage", "range")]
    [InlineData("xxxge", null)]
    [InlineData("arxyz", null)]
    [InlineData("ehco", "echo")]
    [InlineData("ab", "abc")]
    [InlineData("a", null)]
    [InlineData("xbcd", "abcd")]
    public void The_nearest_is_two_slips_away_at_most(string text, string? expected) => Assert.Equal(expected, SettingNames.Nearest(text, ["range", "echo", "abc", "abcd"]));

    [Fact]
    public void Of_two_as_near_the_first_by_name_is_meant_and_a_nearer_one_before_it()
    {
        Assert.Equal("bat", SettingNames.Nearest("at", ["cat", "bat"]));
        Assert.Equal("wxyzz", SettingNames.Nearest("wxyz", ["wxy12", "wxyzz"]));
        Assert.Null(SettingNames.Nearest("x", ["y"]));
    }
}
