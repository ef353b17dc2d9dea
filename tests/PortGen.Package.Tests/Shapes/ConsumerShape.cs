using PortGen.Package.Tests.Projects;
using PortGen.Package.Tests.Support;

namespace PortGen.Package.Tests.Shapes;

/// <summary>One way that a project of a user's may look: SDK, layout, settings, names and strictness, mixed so that each value of each comes up with many of the others.</summary>
internal sealed class ConsumerShape
{
    /// <summary>How many there are.</summary>
    public const int Count = 100;

    private static readonly string[] s_names = ["App", "My-App.2nd", "Ports", "EchoServer", "Größe und mehr", "App"];

    private static readonly string[] s_layouts =
    [
        "",
        "<UseArtifactsOutput>true</UseArtifactsOutput>",
        "<BaseIntermediateOutputPath>$(MSBuildThisFileDirectory)build obj/$(MSBuildProjectName)/</BaseIntermediateOutputPath><BaseOutputPath>../build bin/$(MSBuildProjectName)/</BaseOutputPath>",
        "<AppendTargetFrameworkToOutputPath>false</AppendTargetFrameworkToOutputPath>",
        "<OutputPath>out/</OutputPath>",
    ];

    private static readonly string[] s_settings =
    [
        "",
        "<AnalysisMode>All</AnalysisMode><EnforceCodeStyleInBuild>true</EnforceCodeStyleInBuild>",
        "<GenerateDocumentationFile>true</GenerateDocumentationFile><WarningLevel>9999</WarningLevel><Features>strict</Features>",
        "<ImplicitUsings>disable</ImplicitUsings><Nullable>disable</Nullable>",
        "<LangVersion>11</LangVersion>",
        "<LangVersion>preview</LangVersion><Deterministic>false</Deterministic>",
        "<RootNamespace></RootNamespace>",
        "<RootNamespace>Acme.Shop</RootNamespace><AssemblyName>Acme.Shop.Host</AssemblyName>",
        "<EmitCompilerGeneratedFiles>true</EmitCompilerGeneratedFiles>",
        "<EnableDefaultItems>false</EnableDefaultItems>",
        "<PortGenClassName>AppPorts</PortGenClassName>",
    ];

    private static readonly string[] s_publish = ["", "-p:PublishSingleFile=true", "-c Debug", "--self-contained false", "-p:InvariantGlobalization=true"];

    private readonly int _number;

    public ConsumerShape(int number) => _number = number;

    public string Sdk => Pick("console", "worker", "web", "razor", "file", "console");

    public string Name => IsFile ? "app" : s_names[_number * 7 % s_names.Length];

    /// <summary>The program's name.</summary>
    public string Executable => Settings.Contains("AssemblyName", StringComparison.Ordinal) && !IsFile ? "Acme.Shop.Host" : Name;

    public bool IsFile => Sdk == "file";

    public bool HasCentralPackages => !IsFile && _number % 3 == 1;

    /// <summary>Two libraries, each with a service of its own.</summary>
    public bool HasLibraries => !IsFile && _number % 5 is 2 or 4;

    /// <summary>A second project that sees the application's internals, with a service of its own and the same root namespace.</summary>
    public bool HasFriend => !IsFile && _number % 7 == 3 && !Settings.Contains("LangVersion", StringComparison.Ordinal);

    public bool HasSettingsFiles => _number % 2 == 0;

    public string[] PublishArguments => IsFile ? [] : s_publish[_number * 3 % s_publish.Length].Split(' ', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The services that must answer.</summary>
    public IEnumerable<string> Services => HasLibraries ? ["echo", "one", "two"] : ["echo"];

    private string Layout => s_layouts[_number * 11 % s_layouts.Length];

    private string Settings => s_settings[_number * 13 % s_settings.Length];

    private string ClassName => !IsFile && Settings.Contains("PortGenClassName", StringComparison.Ordinal) ? "AppPorts" : "Ports";

    public override string ToString() => $"{_number}: {Sdk} '{Name}' {Layout} {Settings} {string.Join(' ', PublishArguments)}"
        + (HasCentralPackages ? " central packages" : "") + (HasLibraries ? " two libraries" : "") + (HasFriend ? " InternalsVisibleTo" : "") + (HasSettingsFiles ? " settings" : "");

    /// <summary>The files of the shape.</summary>
    /// <param name="hasPortGen">Whether it uses PortGen; without, it is the same project with nothing of it.</param>
    public IEnumerable<(string Path, string Content)> Files(bool hasPortGen)
    {
        if (IsFile)
        {
            var package = hasPortGen ? $"#:package PortGen@{LocalFeed.Version}\n" : "#:package Microsoft.Extensions.Hosting@10.0.12\n";
            yield return ("app.cs", package + "#:property PublishAot=false\n" + Program(hasPortGen));
        }
        else
        {
            yield return ($"{Name}/{Name}.csproj", Project(hasPortGen, Settings + (HasFriend ? "<NoWarn>$(NoWarn)</NoWarn>" : ""), ProjectItems()));
            yield return ($"{Name}/Program.cs", Program(hasPortGen));
            yield return ("Directory.Build.props", $"<Project><PropertyGroup>{Layout}</PropertyGroup></Project>");
        }

        if (HasCentralPackages)
        {
            yield return ("Directory.Packages.props", $"""
                <Project>
                  <PropertyGroup><ManagePackageVersionsCentrally>true</ManagePackageVersionsCentrally></PropertyGroup>
                  <ItemGroup><PackageVersion Include="PortGen" Version="{LocalFeed.Version}" /><PackageVersion Include="Microsoft.Extensions.Hosting" Version="10.0.12" /></ItemGroup>
                </Project>
                """);
        }

        if (HasSettingsFiles)
        {
            var folder = IsFile ? "" : Name + "/";
            yield return (folder + "appsettings.json", hasPortGen ? """{ "Ports": { "echo": { "Required": true } } }""" : "{}");
            yield return (folder + "appsettings.Development.json", """{ "Logging": { "LogLevel": { "Default": "Debug" } } }""");
        }

        foreach (var library in HasLibraries ? ["one", "two"] : Array.Empty<string>())
        {
            yield return ($"Lib.{library}/Lib.{library}.csproj", Project(hasPortGen, "<OutputType>Library</OutputType>", "", "Microsoft.NET.Sdk"));
            yield return ($"Lib.{library}/Server.cs", Usings + Service(library, hasPortGen));
            if (HasSettingsFiles)
            {
                yield return ($"Lib.{library}/appsettings.json", "{}");
            }
        }

        if (HasFriend)
        {
            yield return ("Friend/Friend.csproj", Project(hasPortGen, $"<RootNamespace>{RootNamespace}</RootNamespace><PortGenClassName>{ClassName}</PortGenClassName>", $"""<ProjectReference Include="../{Name}/{Name}.csproj" />""", "Microsoft.NET.Sdk"));
            yield return ("Friend/Program.cs", Usings + (hasPortGen ? $"System.Console.WriteLine({ClassName}.Manifest);\n" : "System.Console.WriteLine();\n") + Service("friend", hasPortGen));
        }
    }

    /// <summary>The project to build, relative to the shape's folder.</summary>
    public string Target => IsFile ? "app.cs" : HasFriend ? "Friend" : Name;

    /// <summary>The application to publish, relative to the shape's folder.</summary>
    public string Application => IsFile ? "app.cs" : Name;

    private const string Usings = "using System;\nusing System.Threading;\nusing System.Threading.Tasks;\nusing Microsoft.Extensions.Hosting;\n";

    private string RootNamespace => Settings.Contains("Acme.Shop", StringComparison.Ordinal) ? "Acme.Shop" : Settings.Contains("<RootNamespace>", StringComparison.Ordinal) ? "" : Name;

    private string Pick(params string[] values) => values[_number % values.Length];

    private string ProjectItems()
    {
        var items = HasLibraries ? """<ProjectReference Include="../Lib.one/Lib.one.csproj" /><ProjectReference Include="../Lib.two/Lib.two.csproj" />""" : "";
        items += HasFriend ? """<InternalsVisibleTo Include="Friend" />""" : "";
        return items + (Settings.Contains("EnableDefaultItems", StringComparison.Ordinal) ? """<Compile Include="**/*.cs" Exclude="bin/**;obj/**;out/**" />""" : "");
    }

    private string Project(bool hasPortGen, string properties, string items, string? sdk = null)
    {
        var package = hasPortGen ? "PortGen" : "Microsoft.Extensions.Hosting";
        var version = HasCentralPackages ? "" : hasPortGen ? $"Version=\"{LocalFeed.Version}\"" : "Version=\"10.0.12\"";
        sdk ??= Sdk switch { "worker" => "Microsoft.NET.Sdk.Worker", "web" => "Microsoft.NET.Sdk.Web", "razor" => "Microsoft.NET.Sdk.Web", _ => "Microsoft.NET.Sdk" };

        // The web SDK has the hosting libraries; a package of them would be the warning NU1510.
        var reference = !hasPortGen && sdk == "Microsoft.NET.Sdk.Web" ? "" : $"""<PackageReference Include="{package}" {version} />""";
        return $"""
            <Project Sdk="{sdk}">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
                <Nullable>enable</Nullable>
                <NuGetAudit>false</NuGetAudit>
                {properties}
              </PropertyGroup>
              <ItemGroup>{reference}{items}</ItemGroup>
            </Project>
            """;
    }

    private string Program(bool hasPortGen) => Usings + (hasPortGen
        ? Sdk switch
        {
            "web" or "razor" => $$"""
                using Microsoft.AspNetCore.Builder;
                var builder = WebApplication.CreateBuilder(args);
                builder.AddPortServices();
                var app = builder.Build();
                app.Urls.Add("http://127.0.0.1:0");
                await app.RunAsync();

                """,
            "worker" => """
                var builder = Host.CreateApplicationBuilder(args);
                builder.AddPortServices();
                await builder.Build().RunAsync();

                """,
            _ => $"return await {ClassName}.RunAllAsync(args);\n",
        }
        : "await Host.CreateApplicationBuilder(args).Build().RunAsync();\n")
        + Service("echo", hasPortGen);

    // As a user would write it: with the attribute and the base class, or the same work in a background service.
    private static string Service(string name, bool hasPortGen) => hasPortGen
        ? Texts.Service(name, modifiers: name == "echo" ? "internal sealed" : "public sealed")
        : $$"""
        {{(name == "echo" ? "internal" : "public")}} sealed class {{char.ToUpperInvariant(name[0]) + name[1..]}}Server : BackgroundService
        {
            protected override async Task ExecuteAsync(CancellationToken stoppingToken)
            {
                await Task.Delay(Timeout.Infinite, stoppingToken);
            }
        }

        """;
}
