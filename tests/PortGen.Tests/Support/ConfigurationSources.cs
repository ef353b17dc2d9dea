using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Configuration;

namespace PortGen.Tests.Support;

/// <summary>A source of configuration, the weakest first. The variables are of one level.</summary>
internal enum Source
{
    File,
    EnvironmentFile,

    /// <summary>PORT, the two halves of a range, BIND_ALL_INTERFACES.</summary>
    WeakVariable,

    /// <summary>WEB_PORT and its like.</summary>
    Variable,

    /// <summary>Ports__web__Port and its like.</summary>
    SectionVariable,
    Option,
}

/// <summary>What one source says of one setting of one port.</summary>
internal sealed record Statement(string Port, string Setting, Source Source, string Value)
{
    private static readonly Dictionary<string, string> s_suffixes = new()
    {
        ["Port"] = "_PORT",
        ["Range"] = "_PORT_RANGE",
        ["Host"] = "_BIND_INTERFACE",
        ["Required"] = "_REQUIRED",
        ["HealthPath"] = "_HEALTH_PATH",
        ["ExternalPort"] = "_EXTERNAL_PORT",
    };

    /// <summary>The place in the order of precedence; the attribute has -1.</summary>
    public int Level => Source switch { Source.File => 0, Source.EnvironmentFile => 1, Source.Option => 3, _ => 2 };

    /// <summary>The variables that say it.</summary>
    public IEnumerable<(string Name, string Value)> Variables => (Source, Setting) switch
    {
        (Source.WeakVariable, "Port") => [("PORT", Value)],
        (Source.WeakVariable, "Range") => [(Stem + "_PORT_RANGE_START", Value.Split('-')[0]), (Stem + "_PORT_RANGE_END", Value.Split('-')[^1])],
        (Source.WeakVariable, "Host") => [("BIND_ALL_INTERFACES", Value == "*" ? "true" : Value)],
        (Source.Variable, _) => [(Stem + s_suffixes[Setting], Value)],
        (Source.SectionVariable, _) => [($"Ports__{Port}__{Setting}", Value)],
        _ => [],
    };

    private string Stem => Port.ToUpperInvariant();
}

/// <summary>Statements, written to where an application really reads them: files, variables of the process, arguments.</summary>
internal sealed class ConfigurationSources : IDisposable
{
    private readonly ProcessEnvironment _environment;
    private readonly Dictionary<Statement, int> _lines = [];

    public ConfigurationSources(IReadOnlyList<Statement> statements)
    {
        WriteFile("appsettings.json", statements.Where(static s => s.Source == Source.File));
        WriteFile("appsettings.Production.json", statements.Where(static s => s.Source == Source.EnvironmentFile));
        _environment = new ProcessEnvironment(statements.SelectMany(static s => s.Variables));
        Arguments = [.. statements.Where(static s => s.Source == Source.Option).Select(static s => $"--Ports:{s.Port}:{s.Setting}={s.Value}")];
    }

    public TemporaryFolder Folder { get; } = new();

    public string[] Arguments { get; }

    /// <summary>All of it, as the Generic Host reads it.</summary>
    public IConfiguration Configuration => new ConfigurationBuilder()
        .SetBasePath(Folder.Path)
        .AddJsonFile("appsettings.json")
        .AddJsonFile("appsettings.Production.json")
        .AddEnvironmentVariables()
        .AddCommandLine(Arguments)
        .Build();

    /// <summary>How a message names the place.</summary>
    public string Origin(Statement statement) => statement.Source switch
    {
        Source.File => $"Ports:{statement.Port}:{statement.Setting} in appsettings.json, line {_lines[statement]}",
        Source.EnvironmentFile => $"Ports:{statement.Port}:{statement.Setting} in appsettings.Production.json, line {_lines[statement]}",
        Source.Option => $"command-line option --Ports:{statement.Port}:{statement.Setting}",
        _ when statement.Variables.Count() == 2 => "environment variables " + string.Join(" and ", statement.Variables.Select(static v => v.Name)),
        _ => "environment variable " + statement.Variables.Single().Name,
    };

    public void Dispose()
    {
        _environment.Dispose();
        Folder.Dispose();
    }

    private void WriteFile(string name, IEnumerable<Statement> statements)
    {
        List<string> lines = ["{", "  // a comment", "  \"Ports\": {"];
        foreach (var port in statements.GroupBy(static s => s.Port))
        {
            lines.Add($"    \"{port.Key}\": {{");
            foreach (var statement in port)
            {
                var isNumber = int.TryParse(statement.Value, CultureInfo.InvariantCulture, out _);
                lines.Add($"      \"{statement.Setting}\": {(isNumber ? statement.Value : JsonSerializer.Serialize(statement.Value))},");
                _lines.Add(statement, lines.Count);
            }

            lines.Add("    },");
        }

        Folder.Write(name, string.Join('\n', [.. lines, "  }", "}"]));
    }
}
