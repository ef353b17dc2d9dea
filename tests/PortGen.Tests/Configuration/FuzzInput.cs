using System.Text;
using CsCheck;

namespace PortGen.Tests.Configuration;

/// <summary>Everything an application could find as its configuration, sensible and not.</summary>
internal sealed record FuzzInput(int Manifest, bool IsDevelopment, string? Json, (string Key, string? Value)[] Memory, (string Name, string Value)[] Variables, string[] Arguments)
{
    private static readonly string[] s_names = ["@0", "@1", "#0", "web", "API", "wbe", "nobody", "0", "", " ", "wéb", "BindTimeout"];

    private static readonly string[] s_settings =
    [
        "Port", "Port", "Port", "Range", "Range", "Range", "Host", "Required", "HealthPath", "ExternalPort", "DevelopmentPort",
        "port", "RANGE", "Prot", "", "0", "Größe", "BindTimeout", "StopTimeout", "DrainDelay", "StartTimeout",
    ];

    private static readonly string[] s_odd =
    [
        "", " ", "\t", "\n", "-", "--", ":", "0", "00", "1", "-1", "+80", "80", "1023", "1024", "65535", "65536", "08080", " 8080 ", "8080\n", "8_080", "8,080", "8080.0", "1e4", "0x1F90",
        "2147483647", "2147483648", "99999999999999999999999999", "８０８０", "٨٠٨٠", "8080-", "-8080", "8080--8090", "8080 - 8090", " 8080-8090 ", "8090-8080", "8080–8090", "1-65535", "0-0", "65535-65536",
        "tcp://10.0.0.1:80", "TCP://", " tcp://x", "udp://", "localhost", "LOCALHOST", "*", "**", "0.0.0.0", "::", "::1", "[::1]", "127.0.0.1", "127.1", "0x7f.0.0.1", "0177.0.0.1", "1.2.3.4.5", "fe80::1%lo",
        "::ffff:10.0.0.1", "true", "False", "1", "yes", "null", "NaN", "Infinity", "-Infinity", "∞", "-∞", "1e999", "0.5", ".5", "5.", "00:00:05", "24:00:00", "1.00:00:00", "-00:00:05", "86400", "86400.1", "10675199.02:48:05",
        "/health", "//", "%", "{0}", "{name}", "\u0000", "\ud83d\ude00", "\u202e8080", "{\"a\":1}", "[1,2]",
    ];

    private static readonly Gen<string> s_number = Gen.OneOf(Gen.Int[8070, 8110], Gen.Int[1024, 65535], Gen.Int[0, 70_000]).Select(static n => $"{n}");

    private static readonly Gen<string> s_value = Gen.Frequency(
        (4, s_number),
        (4, Gen.Select(Gen.Int[8070, 8110], Gen.Int[-2, 20]).Select(static (first, width) => $"{first}-{first + width}")),
        (1, Gen.Select(s_number, s_number).Select(static (a, b) => $"{a}-{b}")),
        (5, Gen.OneOf(s_odd)),
        (1, Gen.String[0, 12]),
        (1, Gen.Int[0, 300].Select(static n => new string('9', n))));

    // A setting with a value that it can take, at least by itself.
    private static readonly Gen<(string Setting, string Value)> s_sensible = Gen.Frequency(
        (3, Gen.Int[8070, 8110].Select(static n => ("Port", $"{n}"))),
        (3, Gen.Select(Gen.Int[8070, 8110], Gen.Int[0, 30]).Select(static (first, width) => ("Range", $"{first}-{first + width}"))),
        (1, Gen.OneOf("localhost", "*", "127.0.0.1", "::1").Select(static h => ("Host", h))),
        (1, Gen.OneOf("true", "False", "1", "0").Select(static b => ("Required", b))),
        (1, Gen.OneOf("/up", "/health").Select(static h => ("HealthPath", h))),
        (1, Gen.Int[1, 65535].Select(static n => ("ExternalPort", $"{n}"))),
        (1, Gen.Int[8070, 8110].Select(static n => ("DevelopmentPort", $"{n}"))));

    private static readonly Gen<string> s_oddKey = Gen.Frequency(
        (4, Gen.Select(Gen.OneOf(s_names), Gen.OneOf(s_settings)).Select(static (n, s) => $"Ports:{n}:{s}")),
        (1, Gen.Select(Gen.OneOf(s_names), Gen.OneOf(s_settings), Gen.OneOf(s_settings)).Select(static (n, s, t) => $"ports:{n}:{s}:{t}")),
        (3, Gen.OneOf(s_settings).Select(static s => $"Ports:{s}")),
        (1, Gen.OneOf("Ports", "Ports:", ":Ports", ":", "Ports::", "Ports:@0", "Ports:@0:", "PORTS:#0:PORT", "Other:web:Port")),
        (1, Gen.String[0, 6]));

    // @0 and @1 stand for port names of the application, #0 and #1 for the same in capitals.
    private static readonly Gen<(string Key, string Value)> s_pair = Gen.Frequency(
        (20, Gen.Select(Gen.OneOf("@0", "@1"), s_sensible).Select(static (n, s) => ($"Ports:{n}:{s.Setting}", s.Value))),
        (1, Gen.Select(Gen.OneOf("@0", "@1"), Gen.OneOf(s_settings), s_value).Select(static (n, s, v) => ($"Ports:{n}:{s}", v))),
        (1, Gen.Select(Gen.OneOf("BindTimeout", "StartTimeout", "StopTimeout", "DrainDelay"), Gen.OneOf(s_odd)).Select(static (s, v) => ("Ports:" + s, v))),
        (1, Gen.Select(s_oddKey, s_value)));

    private static readonly Gen<(string Name, string Value)> s_variable = Gen.Frequency(
        (8, s_pair.Select(static p => (p.Key.Replace(":", "__", StringComparison.Ordinal), p.Value))),
        (8, Gen.Select(Gen.OneOf("#0", "#1"), s_sensible).Select(static (n, s) => (n + Suffix(s.Setting), s.Value))),
        (2, Gen.Select(Gen.OneOf("#0", "#1", "@0", "NOBODY"), Gen.OneOf("_PORT", "_PORT_RANGE", "_BIND_INTERFACE", "_REQUIRED", "_EXTERNAL_PORT", "_PORTS"), s_value).Select(static (n, s, v) => (n + s, v))),
        (2, Gen.Select(Gen.OneOf("#0_PORT_RANGE_START", "#0_PORT_RANGE_END"), s_number)),
        (1, Gen.Select(Gen.OneOf("PORT", "port", "BIND_ALL_INTERFACES", "CONTAINER", "KUBERNETES_SERVICE_HOST", "Ports", "__", "Ports____"), s_value)),
        (3, Gen.OneOf(("PORT", "8099"), ("PORT", "tcp://10.0.0.1:80"), ("BIND_ALL_INTERFACES", "true"), ("DOTNET_RUNNING_IN_CONTAINER", "true"))));

    private static readonly Gen<string> s_argument = Gen.Frequency(
        (16, s_pair.Select(static p => $"--{p.Key}={p.Value}")),
        (1, s_pair.Select(static p => $"/{p.Key}={p.Value}")),
        (1, s_pair.Select(static p => $"{p.Key}={p.Value}")),
        (1, Gen.OneOf("-", "--", "/", "=", "--=", "-x", "--force-restart", "--Ports:@0:Port")));

    // Objects, arrays and values where they belong and where they don't; now and then with a key twice, or cut off.
    private static readonly Gen<string> s_node = Gen.Recursive<string>(static (depth, node) => Gen.Frequency(
        (6, s_value.Select(static v => Quote(v))),
        (2, Gen.OneOf("8080", "1e4", "-1", "80.5", "true", "false", "null", "99999999999999999999", "{}", "[]", "\"\"")),
        (depth < 3 ? 1 : 0, node.Array[0, 3].Select(static items => $"[{string.Join(',', items)}]")),
        (depth < 3 ? 1 : 0, Gen.Select(Gen.OneOf(s_settings), node).Array[0, 3].Select(static items => Object(items)))));

    private static readonly Gen<(string, string)> s_member = Gen.Frequency(
        (20, s_sensible.Select(static s => (s.Setting, Quote(s.Value)))),
        (1, Gen.Select(Gen.OneOf(s_settings), s_node)));

    private static readonly Gen<string> s_json = Gen.Frequency(
        (30, Gen.Select(Gen.OneOf("@0", "@1"), s_member.Array[0, 4].Select(static items => Object(items.DistinctBy(static i => i.Item1)))).Array[0, 2]
            .Select(static items => $"{{\"Ports\":{Object(items.DistinctBy(static i => i.Item1))}}}")),
        (1, Gen.Select(Gen.OneOf("Ports", "ports", "Ports:@0", "Ports:@0:Port", "", "Other"), s_node).Array[0, 3].Select(static items => Object(items))),
        (1, Gen.Select(Gen.OneOf(s_names), s_node).Array[0, 2].Select(static items => $"{{\"Ports\":{Object(items)}}}")),
        (1, Gen.Select(s_node, Gen.Int[0, 20]).Select(static (n, cut) => n[..Math.Min(cut, n.Length)])),
        (1, Gen.String[0, 20]));

    public static readonly Gen<FuzzInput> Any = Gen.Select(
        Gen.Int[0, FuzzManifests.All.Count - 1],
        Gen.Bool,
        Gen.Null(s_json, 0.4),
        Gen.Select(s_pair, Gen.Int[0, 20]).Select(static (p, n) => (p.Key, n == 0 ? null : p.Value)).Array[0, 2],
        s_variable.Array[0, 3],
        s_argument.Array[0, 2]).Select(static (manifest, isDevelopment, json, memory, variables, arguments) => new FuzzInput(
            manifest,
            isDevelopment,
            json is null ? null : Name(json, manifest),
            [.. memory.Select(m => (Name(m.Item1, manifest), m.Item2))],
            [.. variables.Select(v => (Name(v.Name, manifest), v.Value))],
            [.. arguments.Select(a => Name(a, manifest))]));

    public override string ToString() =>
        $"manifest {Manifest}{(IsDevelopment ? ", Development" : "")}\njson: {Json}\nmemory: {string.Join(" | ", Memory)}\nvariables: {string.Join(" | ", Variables)}\narguments: {string.Join(" | ", Arguments)}";

    private static string Name(string text, int manifest)
    {
        var ports = FuzzManifests.All[manifest].Ports;
        var (first, last) = (ports[0].Name, ports[^1].Name);
        return text.Replace("@0", first, StringComparison.Ordinal).Replace("@1", last, StringComparison.Ordinal)
            .Replace("#0", first.ToUpperInvariant(), StringComparison.Ordinal).Replace("#1", last.ToUpperInvariant(), StringComparison.Ordinal);
    }

    private static string Suffix(string setting) => setting switch
    {
        "Range" => "_PORT_RANGE",
        "Host" => "_BIND_INTERFACE",
        "Required" => "_REQUIRED",
        "HealthPath" => "_HEALTH_PATH",
        "ExternalPort" => "_EXTERNAL_PORT",
        _ => "_PORT",
    };

    private static string Object(IEnumerable<(string, string)> items) => $"{{{string.Join(',', items.Select(static i => $"{Quote(i.Item1)}:{i.Item2}"))}}}";

    // By hand: half a surrogate pair, which a serializer would refuse, may stand in a file.
    private static string Quote(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var c in text)
        {
            quoted.Append(c is '"' or '\\' or < ' ' or > '~' ? $"\\u{(int)c:x4}" : c.ToString());
        }

        return quoted.Append('"').ToString();
    }
}
