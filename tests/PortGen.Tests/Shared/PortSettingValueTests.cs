namespace PortGen.Tests.Shared;

public sealed class PortSettingValueTests
{
    private const string NoPort = "is not a port number: write digits, 0 for no preference";
    private const string NoBoolean = "is neither true nor false";
    private const string NoHost = "is not an interface: write localhost, * for all interfaces, or an IP address";
    private const string NoPath = "is not a path: write one such as /health";
    private const string NoDuration = "is not a duration: write seconds such as 5 or 0.5, or hh:mm:ss, at most a day";

    [Theory]
    [InlineData(nameof(PortSettingKind.Port), " 8080 ", null)]
    [InlineData(nameof(PortSettingKind.Port), "0", null)]
    [InlineData(nameof(PortSettingKind.Port), "+1", NoPort)]
    [InlineData(nameof(PortSettingKind.Port), "", NoPort)]
    [InlineData(nameof(PortSettingKind.Boolean), "TRUE", null)]
    [InlineData(nameof(PortSettingKind.Boolean), " false ", null)]
    [InlineData(nameof(PortSettingKind.Boolean), "1", null)]
    [InlineData(nameof(PortSettingKind.Boolean), " 0 ", null)]
    [InlineData(nameof(PortSettingKind.Boolean), "2", NoBoolean)]
    [InlineData(nameof(PortSettingKind.Boolean), "", NoBoolean)]
    [InlineData(nameof(PortSettingKind.Host), "localhost", null)]
    [InlineData(nameof(PortSettingKind.Host), "*", null)]
    [InlineData(nameof(PortSettingKind.Host), "192.168.1.7", null)]
    [InlineData(nameof(PortSettingKind.Host), "::1", null)]
    [InlineData(nameof(PortSettingKind.Host), "0:0:0:0:0:0:0:1", null)]
    [InlineData(nameof(PortSettingKind.Host), "[::1]", NoHost)]
    [InlineData(nameof(PortSettingKind.Host), "127.1", NoHost)]
    [InlineData(nameof(PortSettingKind.Host), "example.org", NoHost)]
    [InlineData(nameof(PortSettingKind.Host), "", NoHost)]
    [InlineData(nameof(PortSettingKind.Duration), "0", null)]
    [InlineData(nameof(PortSettingKind.Duration), " 0.5 ", null)]
    [InlineData(nameof(PortSettingKind.Duration), "86400", null)]
    [InlineData(nameof(PortSettingKind.Duration), "86400.1", NoDuration)]
    [InlineData(nameof(PortSettingKind.Duration), "-1", NoDuration)]
    [InlineData(nameof(PortSettingKind.Duration), "", NoDuration)]
    [InlineData(nameof(PortSettingKind.Duration), "00:00:00", null)]
    [InlineData(nameof(PortSettingKind.Duration), "1.00:00:00", null)]
    [InlineData(nameof(PortSettingKind.Duration), "1.00:00:01", NoDuration)]
    [InlineData(nameof(PortSettingKind.Duration), "-00:00:01", NoDuration)]
    [InlineData(nameof(PortSettingKind.Duration), "1:2:x", NoDuration)]
    [InlineData(nameof(PortSettingKind.Path), "", null)]
    [InlineData(nameof(PortSettingKind.Path), "/health", null)]
    [InlineData(nameof(PortSettingKind.Path), "health", NoPath)]
    [InlineData(nameof(PortSettingKind.Text), "", null)]
    [InlineData(nameof(PortSettingKind.Range), "", null)]
    public void A_text_is_taken_or_refused_with_a_reason(string kind, string text, string? defect) =>
        Assert.Equal(defect, PortSettingValue.Defect(Enum.Parse<PortSettingKind>(kind), text));

    [Theory]
    [InlineData("/", true)]
    [InlineData("/a//b/", true)]
    [InlineData("/-._~!$&'()*+,;=:@", true)]
    [InlineData("/AZaz09/%C3%bC", true)]
    [InlineData("/%00", true)]
    [InlineData("", false)]
    [InlineData("a/", false)]
    [InlineData("//", false)]
    [InlineData("//host/health", false)]
    [InlineData("/he alth", false)]
    [InlineData("/health ", false)]
    [InlineData("/health?full", false)]
    [InlineData("/health#top", false)]
    [InlineData("/%", false)]
    [InlineData("/%4", false)]
    [InlineData("/%4g", false)]
    [InlineData("/%g4", false)]
    [InlineData("/\u00FC", false)]
    [InlineData("/[", false)]
    [InlineData("/\\", false)]
    [InlineData("/{id}", false)]
    [InlineData("/`", false)]
    [InlineData("http://host/", false)]
    public void A_path_is_an_absolute_one_of_RFC_3986(string text, bool expected) => Assert.Equal(expected, PortSettingValue.IsHealthPath(text));

    [Theory]
    [InlineData("1", true)]
    [InlineData("true", true)]
    [InlineData("0", false)]
    [InlineData("False", false)]
    public void A_truth_value_is_read(string text, bool expected)
    {
        Assert.True(PortSettingValue.TryParseBoolean(text, out var value));
        Assert.Equal(expected, value);
    }

    [Theory]
    [InlineData("0.5", 500)]
    [InlineData(" 70", 70_000)]
    [InlineData(" 00:01:10 ", 70_000)]
    public void A_duration_is_read(string text, int milliseconds)
    {
        Assert.True(PortSettingValue.TryParseDuration(text, out var duration));
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), duration);
    }
}
