using System.Text.RegularExpressions;

namespace PortGen.Testing;

/// <summary>Settings files with one mistake each, and a comment on the line that must be reported.</summary>
internal static partial class SeededMistakes
{
    /// <summary>The classes whose ports the files are about.</summary>
    public const string Services = """
        [PortGen.PortService("mcp", Port = 8080, Range = "8080-8090")]
        public sealed class Mcp : Server;

        [PortGen.PortService("oauth", Port = 8081, Range = "8081-8091")]
        public sealed class OAuth : Server;

        [PortGen.PortService("rest", Port = 8082, Range = "8082-8092", HealthPath = "/health", DependsOn = [typeof(OAuth)])]
        [PortGen.AdditionalPort("metrics", Port = 9464, Range = "9464-9473")]
        public sealed class Rest : Server;

        [PortGen.PortService("fixed", Port = 9500)]
        public sealed class Fixed : Server;

        public abstract class Server : PortGen.BackgroundPortService
        {
            protected override Task ExecuteAsync(PortGen.PortLease lease, CancellationToken stoppingToken) => Task.Delay(Timeout.Infinite, stoppingToken);
        }

        """;

    private const string Texts = """
        --- appsettings.json
        { "Ports": {
            "fixed": { "Port": 9501 },
            "BindTimeout": 5
        } }
        --- appsettings.HalfARange.json
        { "Ports": { "rest": {
            "Range": "8082-" // PG0001
        } } }
        --- appsettings.Blanks.json
        { "Ports": { "rest": {
            "Range": "8082 - 8092" // PG0001
        } } }
        --- appsettings.NoRange.json
        { "Ports": { "rest": {
            "Range": "" // PG0001
        } } }
        --- appsettings.Hexadecimal.json
        { "Ports": { "rest": {
            "Range": "0x1F90-0x1F99", // PG0001
        } } }
        --- appsettings.Privileged.json
        { "Ports": { "rest": {
            "Port": 80 // PG0002
        } } }
        --- appsettings.TooHigh.json
        { "Ports": { "rest": { "Required": true,

            "Port": "65536" // PG0002
        } } }
        --- appsettings.LowRange.json
        { "Ports": {
            "metrics": { "Range": "1000-1100" } // PG0002
        } }
        --- appsettings.Development.json
        { "Ports": { "mcp": {
            "DevelopmentPort": 443 // PG0002
        } } }
        --- appsettings.Reversed.json
        { "Ports": {
            "oauth": { "Range": "8091-8081" } // PG0003
        } }
        --- appsettings.Outside.json
        { "Ports": { "rest": {
            "Range": "8100-8109",
            "Port": 8110 // PG0004
        } } }
        --- appsettings.SameAsAttribute.json
        { "Ports": {
            "rest": { "Port": 8081 } // PG0006
        } }
        --- appsettings.SameAsCommonFile.json
        { "Ports": {
            "metrics": { "Port": 9501 } // PG0006
        } }
        --- appsettings.RangeOfOne.json
        { "Ports": {
            "rest": { "Range": "9501" } // PG0007
        } }
        --- appsettings.ThreeOnTwo.json
        { "Ports": {
            "rest": { "Range": "9300-9301" }, // PG0007
            "mcp": { "Range": "9300-9301" },
            "oauth": { "Range": "9300-9301" }
        } }
        --- appsettings.Ephemeral.json
        { "Ports": {
            "metrics": { "Range": "9464-40000" } // PG0009
        } }
        --- appsettings.Blocked.json
        { "Ports": {
            "rest": { "Port": 6000 } // PG0010
        } }
        --- appsettings.Database.json
        { "Ports": {
            "oauth": { "Port": 5432 } // PG0013
        } }
        --- appsettings.ValueForTheSection.json
        {
            "Ports": 8080 // PG2003
        }
        --- appsettings.ListForTheSection.json
        {
            "Ports": [ // PG2003
                8080, { "Port": 1 } ]
        }
        --- appsettings.EmptyListForTheSection.json
        {
            "Ports": [] // PG2003
        }
        --- appsettings.NullForTheSection.json
        {
            "ports": null // PG2003
        }
        --- appsettings.ListForAPort.json
        { "Ports": {
            "rest": [] // PG2003
        } }
        --- appsettings.CutOff.json
        { "Ports": {
            "rest": { "Port": 8085 } // PG2001
        --- appsettings.NoComma.json
        { "Ports": {
            "rest": { "Port": 8085 }
            "oauth": { "Port": 8086 } // PG2001
        } }
        --- appsettings.Twice.json
        { "Ports": { "rest": {
            "Port": 8085,
            "port": 8086 // PG2001
        } } }
        --- appsettings.Mistyped.json
        { "Ports": {
            "rset": { "Port": 8085 } // PG2002
        } }
        --- appsettings.MistypedTimeout.json
        { "Ports": {
            "BindTimeOuts": 5 // PG2002
        } }
        --- appsettings.MistypedKey.json
        { "Ports": { "rest": {
            "Rnage": "8085-8089" // PG2003
        } } }
        --- appsettings.NoNumber.json
        { "Ports": { "rest": {
            "Port": "http" // PG2003
        } } }
        --- appsettings.Negative.json
        { "Ports": { "rest": {
            "Port": -1 // PG2003
        } } }
        --- appsettings.Perhaps.json
        { "Ports": { "rest": {
            "Required": "perhaps" // PG2003
        } } }
        --- appsettings.NoAddress.json
        { "Ports": { "rest": {
            "Host": "0.0.0.256" // PG2003
        } } }
        --- appsettings.NowhereOutside.json
        { "Ports": { "rest": {
            "ExternalPort": 0 // PG2003
        } } }
        --- appsettings.NoSection.json
        { "Ports": {
            "rest": 8085 // PG2003
        } }
        --- appsettings.TooDeep.json
        { "Ports": { "rest": {
            "Port": { "Number": 8085 } // PG2003
        } } }
        --- appsettings.Soon.json
        { "Ports": {
            "StopTimeout": "soon" // PG2003
        } }
        """;

    /// <summary>The files by name.</summary>
    public static IReadOnlyList<(string Name, string Content)> Files { get; } =
    [
        .. Texts.Split("--- ", StringSplitOptions.RemoveEmptyEntries).Select(static t => (t[..t.IndexOf('\n', StringComparison.Ordinal)], t[(t.IndexOf('\n', StringComparison.Ordinal) + 1)..].TrimEnd('\n'))),
    ];

    /// <summary>What must be reported: file, line and id, nothing else.</summary>
    public static IReadOnlyList<(string File, int Line, string Id)> Expected { get; } =
    [
        .. Files.SelectMany(static f => f.Content.Split('\n').Select((text, index) => (f.Name, Line: index + 1, Match: Marker().Match(text))))
            .Where(static l => l.Match.Success)
            .Select(static l => (l.Name, l.Line, l.Match.Groups[1].Value))
            .Order(),
    ];

    [GeneratedRegex("// (PG[0-9]{4})")]
    private static partial Regex Marker();
}
