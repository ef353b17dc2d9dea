using PortGen.Package.Tests.Support;

namespace PortGen.Package.Tests.Projects;

/// <summary>Texts of project and source files.</summary>
internal static class Texts
{
    public const string Program = """
        using PortGen;

        return await Ports.RunAllAsync(args);


        """;

    /// <summary>A console application that refers to the package.</summary>
    public static string Application(string properties = "", string items = "", string framework = "net10.0") => $"""
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup>
            <OutputType>Exe</OutputType>
            <TargetFramework>{framework}</TargetFramework>
            <ImplicitUsings>enable</ImplicitUsings>
            <Nullable>enable</Nullable>
            <InvariantGlobalization>true</InvariantGlobalization>
            {properties}
          </PropertyGroup>
          <ItemGroup>
            <PackageReference Include="PortGen" Version="{LocalFeed.Version}" />
            {items}
          </ItemGroup>
        </Project>
        """;

    /// <summary>A service that tells its name to whoever connects. It takes any free port, so that tests don't meet.</summary>
    public static string Service(string name, string declaration = "", string modifiers = "public sealed") => $$"""
        [PortGen.PortService("{{name}}"{{declaration}})]
        {{modifiers}} class {{char.ToUpperInvariant(name[0]) + name[1..]}}Server : PortGen.BackgroundPortService
        {
            protected override async Task ExecuteAsync(PortGen.PortLease lease, CancellationToken stoppingToken)
            {
                while (true)
                {
                    using var connection = await lease.AcceptAsync(stoppingToken);
                    await connection.SendAsync("{{name}}\n"u8.ToArray(), stoppingToken);
                }
            }
        }

        """;
}
