namespace PortGen.Compiler.Tests.CodeFixes;

/// <summary>A class with port attributes and mistakes in them, laid out in some way. The same dice give the same class.</summary>
internal sealed class GeneratedClass(Dice dice, GeneratedLayout layout, string name)
{
    private readonly string _access = dice.Pick("public", "internal");
    private readonly bool _isStatic = dice.Roll(8) == 0;
    private readonly bool _isPartial = dice.Roll(4) == 0;

    /// <summary>Another part of the class, for the same file or another one; empty where it has none.</summary>
    public string OtherPart => !_isPartial ? "" : Modifiers() + $"class {name}" + dice.Pick(";", layout.Block($"public const int Other = 1;{layout.Comment(true)}"));

    public override string ToString()
    {
        var isRecord = !_isStatic && !_isPartial && dice.Roll(8) == 0;
        var bases = Bases(isRecord);
        var members = Members(bases);
        return layout.Comment(true) + Attributes()
            + Modifiers() + (isRecord ? "record " : "class ") + name
            + (_isStatic || dice.Roll(5) > 0 ? "" : "(int value)")
            + (bases.Length == 0 ? "" : " :" + layout.List(bases, dice.Pick(0, 1, 2), " "))
            + layout.Comment(false)
            + (members.Length == 0 ? dice.Pick(";", " { }", "{}", layout.Block()) : dice.Roll(5) == 0 && members.Length == 1 ? " { " + members[0] + " }" : layout.Block(members))
            + layout.Comment(false);
    }

    private string Attributes()
    {
        var more = dice.Roll(4) switch
        {
            0 => [$"System.Obsolete{layout.Comment(false)}"],
            1 => [$"PortGen.AdditionalPort({layout.List(["\"x" + name.ToLowerInvariant() + "\"", .. Values()], dice.Roll(3), "")})"],
            _ => Array.Empty<string>(),
        };
        var type = dice.Pick("PortGen.PortService", "PortGen.PortServiceAttribute", "global::PortGen.PortService");
        var portName = dice.Pick("", "", "name: ") + dice.Pick($"\"{name.ToLowerInvariant()}\"", $"\"{name}\"", "\"web\"", "\"web\"", "\"web\"", "@\"Web\"", "\"my_port\"", "\"manifest\"");
        var service = $"{type}({layout.List([portName, .. Values(), .. ServiceValues()], dice.Roll(3), "")})";
        return $"[{(more.Length == 0 ? dice.Pick("", "type: ") : "")}{string.Join(", ", more.Append(service))}]" + dice.Pick(" ", layout.Break, layout.Comment(false) + layout.Break, layout.Break + layout.Comment(true));
    }

    private string[] Values()
    {
        var port = dice.Pick(
            "", "80", "81", "-1", "0x50", "(80)", "70_000", "checked(80)", "Numbers.Low", "8080", "8080", "8080", "8080", "8081", "8081", "(8082)", "9000", "/* in */ 80", "Numbers.Usual", "32767", "1024");
        var range = dice.Pick(
            "", "", "8080-8081", "8080-8081", "8080-8082", "8080-8089", "8080 - 8081", "8080..8082", "8081-8080", "80-90", "90-80", "8080", "9000-9005", "1024", "1024-1025", "1000-2000", "junk");
        List<string> values = [.. new[] { port.Length == 0 ? "" : "Port = " + port, range.Length == 0 ? "" : $"Range = {dice.Pick("", "@")}\"{range}\"", dice.Pick("", "Host = \"*\"", "Host = \"127.0.0.1:80\"") }.Where(static v => v.Length > 0)];
        if (dice.Roll(2) == 0)
        {
            values.Reverse();
        }

        return [.. values];
    }

    // What only a service has.
    private string[] ServiceValues()
    {
        var developmentPort = dice.Pick("", "", "", "", "80", "81", "-1", "8080", "19300", "19300");
        var healthPath = dice.Pick("", "", "", "/health", "health");
        return [.. new[] { developmentPort.Length == 0 ? "" : "DevelopmentPort = " + developmentPort, healthPath.Length == 0 ? "" : $"HealthPath = \"{healthPath}\"" }.Where(static v => v.Length > 0)];
    }

    private string Modifiers()
    {
        string[] modifiers = [.. new[] { _access, _isStatic ? "static" : dice.Pick("abstract", "", "", ""), _isPartial ? "partial" : "" }.Where(static m => m.Length > 0)];
        if (!_isPartial && dice.Roll(3) == 0)
        {
            Array.Reverse(modifiers);
        }

        return string.Concat(modifiers.Select(m => m + dice.Pick(" ", " ", " ", layout.Break, layout.Comment(false) + layout.Break)));
    }

    private string[] Bases(bool isRecord) => _isStatic ? []
        : isRecord ? dice.Pick<string[]>([], ["System.IDisposable"])
        : dice.Pick<string[]>([], [], ["object"], ["Base"], ["Base"], ["System.IDisposable"], ["object", "System.IDisposable"]);

    private string[] Members(string[] bases)
    {
        const string Task = "System.Threading.Tasks.Task";
        const string Token = "System.Threading.CancellationToken";
        List<string> members = bases.Contains("System.IDisposable") ? ["public void Dispose() { }"] : [];
        var member = _isStatic
            ? dice.Pick("", "", "public static int Count;", "public static int Twice(this int x) => 2 * x;")
            : dice.Pick(
                "", "", "public int Count { get; }", $"public {Task} StopAsync({Token} token) => {Task}.CompletedTask;", $"public void StopAsync({Token} token) {{ }}",
                $"private {Task} StopAsync({Token} token) => {Task}.CompletedTask;", "public void StartAsync() { }", "public int StartAsync;",
                $"public {Task} StartAsync(PortGen.PortLease lease, {Token} token) => {Task}.CompletedTask;");
        if (member.Length > 0)
        {
            members.Add(member + (dice.Roll(3) == 0 ? layout.Comment(false) : ""));
        }

        return [.. members];
    }
}
